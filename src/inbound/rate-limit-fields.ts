import type { Admission } from './key-verifying.ts'

const DAY_SECONDS = 86_400

/** The header fields of draft-ietf-httpapi-ratelimit-headers-10; none where the tenant has no limit. @internal */
export function rateLimitFields({ limit, remaining, resetsInMs }: Admission): Readonly<Record<string, string>> {
  if (limit === null || remaining === null) return {}
  return {
    'RateLimit-Policy': `"daily";q=${limit};w=${DAY_SECONDS}`,
    RateLimit: `"daily";r=${remaining};t=${Math.max(1, Math.ceil(resetsInMs / 1000))}`,
  }
}
