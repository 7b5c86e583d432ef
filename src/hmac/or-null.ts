import { SecurityError } from '../errors.ts'

/** What a step gives, or `null` where it refuses with an error of ours. @internal */
export async function orNull<T>(step: () => Promise<T>): Promise<T | null> {
  try {
    return await step()
  } catch (error) {
    if (error instanceof SecurityError) return null
    throw error
  }
}
