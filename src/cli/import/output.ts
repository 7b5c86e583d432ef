import { type Imported, type ImportedTool, tokenTemplate } from '../../dialects/index.ts'
import { snapshot } from '../../snapshot.ts'
import type { AuthTokens } from '../../types.ts'

/** What is to be filled in, by tool and name. Empty texts are refused where they are used. @internal */
export function templateJson({ tools }: Imported): string {
  return jsonLines(tokensByTool(tools, ({ definition, tokens }) => tokenTemplate(definition, tokens)))
}

/** The tools as a call, which every command reads; its tokens are to be filled in. @internal */
export function callJson({ tools }: Imported): string {
  const selectedTools = tools.map(({ name, definition, tokens }) => {
    const authTokens = tokenTemplate(definition, tokens)
    return {
      ...(definition.modelToolName === name ? {} : { nameOverride: name }),
      temporaryTool: definition,
      ...(Object.keys(authTokens).length === 0 ? {} : { authTokens }),
    }
  })
  return jsonLines({ selectedTools })
}

/** Every token in plain text, by tool and name: for a file that only its owner can read. @internal */
export function secretsJson({ tools }: Imported): string {
  return jsonLines(tokensByTool(tools, ({ tokens }) => tokens, true))
}

/** How many tokens are secrets, and not references to stored ones. @internal */
export function countSecrets({ tools }: Imported): number {
  return tools.flatMap(({ tokens }) => Object.values(tokens)).filter((token) => !isReference(token)).length
}

function isReference(token: unknown): boolean {
  return typeof token === 'object' && token !== null && Object.hasOwn(token, 'credentialId')
}

function tokensByTool(
  tools: readonly ImportedTool[],
  tokensOf: (tool: ImportedTool) => AuthTokens,
  reveal = false,
): object {
  const entries = tools.map((tool) => [tool.name, tokensOf(tool)] as const)
  const copy = snapshot(Object.fromEntries(entries.filter(([, tokens]) => Object.keys(tokens).length > 0)), { reveal })
  return copy.ok ? (copy.value as object) : {}
}

/** @internal */
export function jsonLines(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
