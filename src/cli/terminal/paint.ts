import { styleText } from 'node:util'
import type { Io } from './io.ts'

/** What a stretch of a report is, from which its colour follows. @internal */
export type Style = 'error' | 'warning' | 'mark' | 'good' | 'strong' | 'faint'

const STYLES: { readonly [name in Style]: Parameters<typeof styleText>[0] } = {
  error: ['red', 'bold'],
  warning: ['yellow', 'bold'],
  mark: ['red'],
  good: ['green', 'bold'],
  strong: ['bold'],
  faint: ['dim'],
}

/** Colours a text, or leaves it as it is. @internal */
export type Paint = (style: Style, text: string) => string

/** Colours only for a terminal, and not where `NO_COLOR` (https://no-color.org) or `--no-color` says otherwise. @internal */
export function createPaint(io: Pick<Io, 'env' | 'isTTY'>, refused: boolean): Paint {
  const noColor = io.env['NO_COLOR']
  const coloured = io.isTTY && !refused && (noColor === undefined || noColor === '') && io.env['TERM'] !== 'dumb'
  if (!coloured) return (_, text) => text
  // Without `validateStream` Node asks its own standard output, which is not the one that was injected.
  return (style, text) => styleText(STYLES[style], text, { validateStream: false })
}
