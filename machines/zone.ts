import { Result } from "effect"
import leven from "leven"
import { isKnownZone } from "./next-due.ts"
import { Refusal } from "./refusal.ts"

/**
 * A zone is `UTC` or a name with a `/` that the zone data knows. Abbreviations and offsets are refused
 * even where the libraries take them: `CST` is three zones, and an offset knows no summer time.
 */
export const readZone = (text: string): Result.Result<string, Refusal> => {
  const name = text.trim()
  const zone = accepted.get(name) ?? accept(name)
  return zone === undefined ? Result.fail(unknownZone(text, name)) : Result.succeed(zone)
}

/** What was accepted before; asking the zone data costs more than all the rest of a command. */
const accepted = new Map<string, string>()
const acceptedMax = 1_000

const accept = (name: string): string | undefined => {
  const zone = name.toUpperCase() === "UTC" ? "UTC" : placed(name)
  if (accepted.size >= acceptedMax) accepted.clear()
  if (zone !== undefined) accepted.set(name, zone)
  return zone
}

const placed = (name: string): string | undefined =>
  name.includes("/") && isKnownZone(name) ? spelled(name) : undefined

const expected = "UTC or an IANA zone name with a slash, such as Europe/Vienna"

const unknownZone = (received: string, name: string): Refusal => {
  const { message, hint, matches } = reasonAgainst(name)
  return new Refusal({
    code: "unknown-zone",
    message,
    received,
    expected,
    hint,
    ...(matches.length > 0 ? { matches } : {}),
  })
}

interface Reason {
  readonly message: string
  readonly hint: string
  readonly matches: ReadonlyArray<string>
}

const reasonAgainst = (name: string): Reason => {
  const quoted = JSON.stringify(name.slice(0, 80))
  if (name === "") return { message: "The time zone is blank", hint: placeHint, matches: [] }
  if (/^(?:z|zulu|gmt|greenwich)$/i.test(name)) {
    return { message: `${quoted} is no time zone here`, hint: "Use UTC.", matches: ["UTC"] }
  }
  const offset = /^(?:utc|gmt)?\s*([+-])\s*(\d{1,2})(?::?(\d{2}))?$/i.exec(name)
  if (offset !== null) return offsetReason(quoted, offset)
  const places = abbreviations[name.toUpperCase()]
  if (places !== undefined) {
    const message = `${quoted} is an abbreviation, not a time zone: it does not say which place`
    return { message, hint: `Name the place: ${listed(places)}.`, matches: places }
  }
  const matches = nearZones(name)
  const hint = matches.length > 0 ? `Did you mean ${listed(matches)}?` : placeHint
  return { message: `${quoted} is no time zone that the zone data knows`, hint, matches }
}

/** The signs of the `Etc` zones are reversed: eight hours ahead of UTC is `Etc/GMT-8`. */
const offsetReason = (quoted: string, [, sign, hours, minutes]: RegExpExecArray): Reason => {
  const message = `${quoted} is an offset, not a time zone: an offset knows no summer time`
  const fixed = `Etc/GMT${sign === "+" ? "-" : "+"}${Number(hours)}`
  const isWhole = Number(minutes ?? 0) === 0 && Number(hours) > 0 && isKnownZone(fixed)
  if (!isWhole) return { message, hint: placeHint, matches: [] }
  const hint = `${placeHint} For a fixed offset: ${fixed} (the signs of Etc zones are reversed).`
  return { message, hint, matches: [fixed] }
}

const placeHint = "Name a place whose clocks you mean, such as Europe/Vienna or Asia/Shanghai."

const listed = (names: ReadonlyArray<string>): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`

const abbreviations: Readonly<Record<string, ReadonlyArray<string>>> = {
  AEST: ["Australia/Sydney", "Australia/Brisbane"],
  AEDT: ["Australia/Sydney"],
  BST: ["Europe/London", "Asia/Dhaka"],
  CEST: ["Europe/Vienna", "Europe/Berlin", "Europe/Paris"],
  CET: ["Europe/Vienna", "Europe/Berlin", "Europe/Paris"],
  CDT: ["America/Chicago", "America/Havana"],
  CST: ["America/Chicago", "Asia/Shanghai", "America/Havana"],
  EDT: ["America/New_York"],
  EET: ["Europe/Helsinki", "Europe/Athens"],
  EST: ["America/New_York", "America/Panama"],
  HST: ["Pacific/Honolulu"],
  IST: ["Asia/Kolkata", "Asia/Jerusalem", "Europe/Dublin"],
  JST: ["Asia/Tokyo"],
  KST: ["Asia/Seoul"],
  MDT: ["America/Denver"],
  MSK: ["Europe/Moscow"],
  MST: ["America/Denver", "America/Phoenix"],
  PDT: ["America/Los_Angeles"],
  PST: ["America/Los_Angeles", "Asia/Manila"],
  SGT: ["Asia/Singapore"],
  WET: ["Europe/Lisbon"],
}

/** Current names that the runtime's own list still carries under older ones. */
const currentNames = [
  "America/Argentina/Buenos_Aires",
  "America/Nuuk",
  "Asia/Ho_Chi_Minh",
  "Asia/Kathmandu",
  "Asia/Kolkata",
  "Asia/Yangon",
  "Europe/Kyiv",
]

const zoneNames = (): ReadonlyArray<string> => [
  ...Intl.supportedValuesOf("timeZone"),
  ...currentNames,
]

/** The listed spelling of a name that came in other letter case. */
const spelled = (name: string): string =>
  zoneNames().find((listedName) => listedName.toLowerCase() === name.toLowerCase()) ?? name

const matchesMax = 3
const distanceMax = 3

const nearZones = (name: string): ReadonlyArray<string> => {
  const wanted = name.toLowerCase().replaceAll(/[\s-]+/g, "_")
  const place = wanted.split("/").at(-1) ?? wanted
  const near = zoneNames()
    .map((zone) => ({ zone, distance: distanceTo(zone.toLowerCase(), wanted, place) }))
    .filter(({ distance }) => distance <= distanceMax)
    .toSorted((one, other) => one.distance - other.distance || (one.zone < other.zone ? -1 : 1))
    .slice(0, matchesMax)
  const nearest = near[0]?.distance ?? 0
  return near.filter(({ distance }) => distance <= nearest + 1).map(({ zone }) => zone)
}

/** A short word is near to anything, so the distance that counts grows with its length. */
const distanceTo = (zone: string, wanted: string, place: string): number => {
  const bound = { maxDistance: distanceMax + 1 }
  const city = zone.split("/").at(-1) ?? zone
  const whole = leven(zone, wanted, bound)
  const last = leven(city, place, bound)
  return Math.min(whole, last * 3 <= place.length ? last : distanceMax + 1)
}
