/** More than one an addition, so that a round ends before the map has doubled. */
const STEPS = 2

/**
 * Removes what is over from a map, a little with each call, so that no call takes long and no timer is needed.
 *
 * Called once for each addition it keeps the map within three times what was alive at once.
 * @param isOver Whether an entry is over at a time.
 * @internal
 */
export function createSweeper<V>(
  map: Map<string, V>,
  isOver: (value: V, nowMs: number) => boolean,
): (nowMs: number) => void {
  let rest = map.entries()
  return (nowMs) => {
    for (let step = 0; step < STEPS; step += 1) {
      const next = rest.next()
      if (next.done === true) {
        rest = map.entries()
        return
      }
      const [key, value] = next.value
      if (isOver(value, nowMs)) map.delete(key)
    }
  }
}
