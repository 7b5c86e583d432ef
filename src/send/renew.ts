import { SecurityError } from '../errors.ts'
import { secretText } from '../secret.ts'
import type { HttpRequest, Resolution } from '../types.ts'
import { tell } from './events.ts'
import { ownErrors } from './failure.ts'
import { type Meeting, type Met, type MetResolution, meetNeeds, ownerOf } from './meet-needs.ts'
import { type Sendable, signatureOf } from './write-credentials.ts'

/**
 * Looks for newer credentials after a 401: stored ones are read again, access tokens that failed are dropped and fetched.
 *
 * @returns `null` where nothing would be written that was not written before: asking again would change nothing.
 * @internal
 */
export async function renewCredentials(
  request: HttpRequest,
  resolution: Resolution,
  failed: MetResolution,
  meeting: Meeting,
): Promise<MetResolution | null> {
  const renewable = failed.met.filter(({ need }) => need.kind !== 'callToken')
  if (renewable.length === 0) return null
  await Promise.all(renewable.map((met) => dropToken(met, resolution, meeting)))
  const kept = failed.met.filter(({ need }) => need.kind === 'callToken')
  const renewed = await meetNeeds(request, resolution, meeting, kept)
  if (writtenBy(renewed.resolution) === writtenBy(failed.resolution)) return null
  const requirements = [...new Set(renewable.flatMap(({ need }) => need.requirement ?? []))].sort()
  tell(meeting.capabilities.observe, { type: 'retry', requirements })
  return renewed
}

/** Drops exactly the token that failed: another worker may have a newer one already (T63). */
async function dropToken({ need, credential }: Met, resolution: Resolution, meeting: Meeting): Promise<void> {
  const { tokenCache } = meeting.capabilities
  if (need.kind !== 'accessToken' || resolution.outcome !== 'authenticated' || tokenCache === undefined) return
  const dropped = ownErrors(
    () => tokenCache.dropToken(need, credential as never, ownerOf(resolution)),
    () =>
      new SecurityError('ERR_NEED_UNMET', { message: 'the failed access token could not be dropped', retryable: true }),
  )
  await meeting.deadline.within(dropped, 'need')
}

/** Everything secret that a resolution puts into a request, as one text that is compared and thrown away. */
function writtenBy(resolution: Sendable): string {
  const signature = signatureOf(resolution)
  return JSON.stringify([
    resolution.mutations.map(({ kind, name, value }) => [kind, name, secretText(value)]),
    signature?.secrets.map((secret) => secret.reveal()),
    signature?.keyId,
  ])
}
