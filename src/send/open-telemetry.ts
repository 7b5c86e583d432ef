import type { LatchkeyEvent, Observer } from './events.ts'

/** The parts of `@opentelemetry/api` that events go to. */
export interface OpenTelemetry {
  /** Knows the active span. */
  readonly trace: {
    /** Gives the span that is active now. */
    readonly getActiveSpan: () => EventSpan | undefined
  }
  /** Makes meters. */
  readonly metrics: {
    /** Gives the meter of a name. */
    readonly getMeter: (name: string) => EventMeter
  }
}

/** What a span is asked for. */
export interface EventSpan {
  /** Adds an event. */
  addEvent(name: string, attributes?: EventAttributes): unknown
}

/** What a meter is asked for. */
export interface EventMeter {
  /** Makes a counter. */
  createCounter(name: string, options?: { readonly description?: string }): EventCounter
}

/** What a counter is asked for. */
export interface EventCounter {
  /** Counts. */
  add(value: number, attributes?: EventAttributes): void
}

/** What an event tells: names, codes and indexes. */
export interface EventAttributes {
  readonly [name: string]: string | number | boolean
}

/**
 * Makes an observer that hands events to OpenTelemetry: each one is an event `latchkey.<type>` of the active span, and counts
 * in `latchkey.events`, there by type and code only.
 *
 * @param api The package `@opentelemetry/api`, version 1.
 * @returns The observer, for {@link Capabilities.observe}.
 * @example
 * import * as api from '@opentelemetry/api'
 * const latchkey = createLatchkey({ observe: openTelemetryObserver(api) })
 */
export function openTelemetryObserver({ trace, metrics }: OpenTelemetry): Observer {
  const counter = metrics.getMeter('latchkey').createCounter('latchkey.events', {
    description: 'What Latchkey did, by type and code',
  })
  return (event) => {
    const attributes = attributesOf(event)
    const { 'latchkey.code': code } = attributes
    counter.add(1, { 'latchkey.type': event.type, ...(code === undefined ? {} : { 'latchkey.code': code }) })
    trace.getActiveSpan()?.addEvent(`latchkey.${event.type}`, attributes)
  }
}

/** OpenTelemetry has no `null` and its lists are of one type: a list becomes a text. */
function attributesOf({ type: _type, ...fields }: LatchkeyEvent): EventAttributes {
  const known = Object.entries(fields).filter(([, value]) => value !== null)
  return Object.fromEntries(
    known.map(([name, value]) => [`latchkey.${snakeCase(name)}`, Array.isArray(value) ? value.join(',') : value]),
  ) as EventAttributes
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
