import type { ErrorCode, IssueCode, Phase } from '../errors.ts'

/** Something that happened: names and codes only, never a value, a URL or a text of the other side. */
export type LatchkeyEvent =
  | {
      /** A tool of a call was resolved. */
      readonly type: 'resolve'
      /** Name that the model sees. */
      readonly tool: string
      /** The outcome. */
      readonly outcome: 'authenticated' | 'unauthenticated'
      /** Index of the option; `null`: none was asked for. */
      readonly optionIndex: number | null
    }
  | {
      /** A call could not be resolved: one event a problem. */
      readonly type: 'problem'
      /** Name of the tool, as far as it is known. */
      readonly tool: string | null
      /** What is wrong. */
      readonly code: IssueCode
    }
  | {
      /**
       * An access token was fetched, or was there; a stored credential was read. The first two need a `fetch` among the
       * capabilities: a cache that asks with its own tells its own observer.
       */
      readonly type: 'tokenFetch' | 'cacheHit' | 'credentialRead'
      /** The requirement that it satisfies. */
      readonly requirement: string
    }
  | {
      /** The tool answered 401 and a newer credential is there: the request is sent once more. */
      readonly type: 'retry'
      /** The requirements that may have one, sorted. */
      readonly requirements: readonly string[]
    }
  | {
      /** A redirect is followed. */
      readonly type: 'redirect'
      /** 301, 302, 303, 307 or 308. */
      readonly status: number
      /** Whether it stays within the origin; if not, nothing secret goes along. */
      readonly sameOrigin: boolean
    }
  | {
      /** A request was refused, or its exchange failed. */
      readonly type: 'refusal'
      /** Why. */
      readonly code: ErrorCode
      /** Where in the life of a call. */
      readonly phase: Phase
      /** Whether the same may succeed later. */
      readonly retryable: boolean
    }

/** Is told what happens. What it throws is dropped. */
export type Observer = (event: LatchkeyEvent) => void

/** Tells the observer; it can break nothing. @internal */
export function tell(observe: Observer | undefined, event: LatchkeyEvent): void {
  try {
    const answer: unknown = observe?.(Object.freeze(event))
    // An asynchronous observer that fails must not end the process.
    if (answer instanceof Promise) answer.catch(() => undefined)
  } catch {
    // The observer's own trouble.
  }
}
