import type { EpochMs } from "../../events/time.ts"

/** The earliest of some times; undefined when there is none. */
export const earliest = (times: Iterable<EpochMs | undefined>): EpochMs | undefined => {
  let first: EpochMs | undefined
  for (const at of times) if (at !== undefined && (first === undefined || at < first)) first = at
  return first
}
