import { SecurityError } from '../errors.ts'
import { errorText, unavailable } from './unavailable.ts'

/** A client whose commands are called as those of `ioredis` and `iovalkey` are, of one server or a Cluster. */
export interface IoredisClient {
  /** Sends one command. */
  call(command: string, ...parameters: string[]): Promise<unknown>
  /** The state of the connection; `ready` when it can be used. */
  readonly status?: string
}

/** A client whose commands are sent as those of `redis` (node-redis) are. */
export interface NodeRedisClient {
  /** Sends one command. */
  sendCommand(command: string[]): Promise<unknown>
  /** Whether the connection can be used. */
  readonly isReady?: boolean
}

/** A client for the Redis protocol: of `ioredis`, `iovalkey` or `redis`, or what looks like one of them. */
export type RedisClient = IoredisClient | NodeRedisClient

/** Sends one command and gives its reply, or rejects with a `SecurityError` within the deadline. @internal */
export type SendCommand = (command: readonly string[]) => Promise<unknown>

/** @internal */
export function isRedisClient(value: unknown): value is RedisClient {
  if (typeof value !== 'object' || value === null) return false
  const { call, sendCommand } = value as Partial<IoredisClient & NodeRedisClient>
  return typeof call === 'function' || typeof sendCommand === 'function'
}

/**
 * Makes one function of a client of either kind.
 *
 * Nothing is sent while the client has no connection: its own queue would carry the command out later, when its caller
 * has long been told that it failed. Until the first connection a command waits, afterwards it fails at once.
 * @internal
 */
export function createSend(client: RedisClient, deadlineMs: number): SendCommand {
  let wasReady = false
  const ready = async (endsAtMs: number): Promise<void> => {
    while (!isReady(client)) {
      if (wasReady || performance.now() >= endsAtMs) throw unavailable('Redis is not connected', true)
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
    wasReady = true
  }
  const send = async (command: readonly string[]): Promise<unknown> => {
    await ready(performance.now() + deadlineMs - POLL_MS)
    return callClient(client, command)
  }
  return (command) => withDeadline(deadlineMs, () => send(command))
}

const POLL_MS = 5

function isReady(client: RedisClient): boolean {
  const { status, isReady } = client as Partial<IoredisClient & NodeRedisClient>
  // `wait` is a lazy client of ioredis: the first command connects it.
  if (typeof status === 'string') return status === 'ready' || status === 'wait'
  return isReady !== false
}

function callClient(client: RedisClient, [name = '', ...parameters]: readonly string[]): Promise<unknown> {
  // Clients of ioredis have a `sendCommand`, too, which takes something else.
  const { call } = client as Partial<IoredisClient>
  if (typeof call === 'function') return call.call(client, name, ...parameters)
  return (client as NodeRedisClient).sendCommand([name, ...parameters])
}

/** Runs something that may never end. @internal */
export function withDeadline<T>(deadlineMs: number, run: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(unavailable('Redis did not answer within the deadline', true)), deadlineMs)
    const fail = (error: unknown): void => reject(error instanceof SecurityError ? error : refusal(error))
    Promise.resolve()
      .then(run)
      .then(resolve, fail)
      .finally(() => clearTimeout(timer))
  })
}

/** What Redis answers with its first word, and whether it may do otherwise later. */
const ANSWERS: ReadonlyMap<string, boolean> = new Map([
  ['ASK', true],
  ['BUSY', true],
  ['CLUSTERDOWN', true],
  ['CROSSSLOT', false],
  ['LOADING', true],
  ['MASTERDOWN', true],
  ['MISCONF', true],
  ['MOVED', false],
  ['NOAUTH', false],
  ['NOPERM', false],
  ['OOM', true],
  ['READONLY', true],
  ['TRYAGAIN', true],
  ['WRONGPASS', false],
  ['WRONGTYPE', false],
  ['ERR', false],
])

/** What Redis answered, or `null` where an error is none of its answers. @internal */
export function answerIn(error: unknown): SecurityError | null {
  // Of a client's error nothing but a known first word is shown: the rest quotes commands, and so keys and values.
  const word = /^(?:Ready check failed: ?)?([A-Z]+)(?= |$)/.exec(errorText(error, 'message'))?.[1] ?? ''
  const retryable = ANSWERS.get(word)
  return retryable === undefined ? null : unavailable(`Redis refused the command (${word})`, retryable)
}

function refusal(error: unknown): SecurityError {
  return answerIn(error) ?? unavailable('the connection to Redis failed', true)
}
