import { localMinute } from "../../../machines/next-due.ts"
import { hostZone } from "../../configuration/folder.ts"

/** An instant as the reader's clock shows it, and in UTC: `2026-12-01 09:00 (08:00Z)`. */
export const when = (at: number | null): string => {
  if (at === null) return "-"
  const zone = hostZone()
  const local = localMinute(at, zone)
  const utc = localMinute(at, "UTC")
  if (zone === "UTC") return `${utc}Z`
  const sameDay = local.slice(0, 10) === utc.slice(0, 10)
  return `${local} (${sameDay ? utc.slice(11) : utc}Z)`
}

/** A length, rounded to what a reader cares for. */
export const lasting = (ms: number | null): string => {
  if (ms === null) return "-"
  if (ms < 1_000) return `${ms} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 60) return `${minutes} min ${Math.round((ms % 60_000) / 1_000)} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
