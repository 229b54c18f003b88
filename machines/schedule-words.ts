import cronstrue from "cronstrue"
import type { Cron, Schedule } from "../events/schedule.ts"
import { durationWords } from "./duration.ts"
import { localMinute } from "./next-due.ts"

/** One plain sentence, such as `every weekday at 09:00 Europe/Vienna` or `every 1h30m`. */
export const scheduleWords = (schedule: Schedule): string => {
  switch (schedule.type) {
    case "at":
      return `once at ${localMinute(schedule.at, schedule.tz)} ${schedule.tz}`
    case "every":
      return `every ${durationWords(schedule.everyMs)}`
    case "cron":
      return inZone(dayAndTime(schedule.expr) ?? described(schedule), schedule.tz)
  }
}

/** A zone follows a time of day as it is; after other words it stands apart. */
const inZone = (words: string, tz: string): string =>
  /\d:\d\d$/.test(words) ? `${words} ${tz}` : `${words} (${tz})`

/** The commonest shape, plain times on plain days, said the way people say it. */
const dayAndTime = (expr: string): string | undefined => {
  const fields = fieldsOf(expr)
  const [second = "", minute = "", hour = "", date, month, weekday = "", year] = fields
  const isPlain = date === "*" && month === "*" && year === "*"
  const days = daysIn(weekday)
  const times = timesIn(second, minute, hour)
  return isPlain && days !== undefined && times !== undefined ? `${days} at ${times}` : undefined
}

const nicknames: Readonly<Record<string, string>> = {
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@weekly": "0 0 * * 0",
}

const fieldsOf = (expr: string): ReadonlyArray<string> => {
  const fields = (nicknames[expr] ?? expr).replaceAll("?", "*").split(" ")
  const withSecond = fields.length === 5 ? ["0", ...fields] : fields
  return withSecond.length === 6 ? [...withSecond, "*"] : withSecond
}

const dayNames = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

const daysIn = (field: string): string | undefined => {
  if (field === "*") return "every day"
  const numbers = field.split(",").map(dayNumbers)
  if (numbers.some((days) => days.length === 0)) return undefined
  const days = [...new Set(numbers.flat().map((day) => day % 7))]
  const ordered = days.toSorted((one, other) => ((one + 6) % 7) - ((other + 6) % 7))
  if (ordered.length === 7) return "every day"
  if (ordered.join("") === "12345") return "every weekday"
  return `every ${listed(ordered.map((day) => dayNames[day] ?? ""))}`
}

/** The days of `MON`, `1` or `1-5`; none when it is something else. */
const dayNumbers = (part: string): ReadonlyArray<number> => {
  const [from = NaN, to = from, ...more] = part.split("-").map(dayNumber)
  if (more.length > 0 || !(from <= to && to <= 7)) return []
  return Array.from({ length: to - from + 1 }, (_, step) => from + step)
}

const dayNumber = (text: string): number => {
  if (/^\d$/.test(text)) return Number(text)
  const index = dayNames.findIndex((name) => name.slice(0, 3).toLowerCase() === text.toLowerCase())
  return index === -1 ? Number.NaN : index
}

const timesMax = 4

const timesIn = (second: string, minute: string, hour: string): string | undefined => {
  const isPlain = /^\d+$/.test(second) && /^\d+$/.test(minute) && /^\d+(?:,\d+)*$/.test(hour)
  const hours = hour.split(",")
  if (!isPlain || hours.length > timesMax) return undefined
  const rest = `:${twoDigits(minute)}${Number(second) === 0 ? "" : `:${twoDigits(second)}`}`
  return listed(hours.map((text) => `${twoDigits(text)}${rest}`))
}

const twoDigits = (text: string): string => `${Number(text)}`.padStart(2, "0")

const listed = (words: ReadonlyArray<string>): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`

/** `+MON` means that both the date and the weekday have to match; otherwise either is enough. */
const described = ({ expr }: Cron): string => {
  const logicalAndDayFields = / \+\S/.test(expr)
  try {
    const words = logicalAndDayFields
      ? said(expr.replace(" +", " "), { logicalAndDayFields })
      : (eitherDay(expr) ?? said(expr))
    return words.charAt(0).toLowerCase() + words.slice(1)
  } catch {
    // The schedule is valid, only its describer does not know the form: the expression says it too.
    return `whenever the clock matches ${JSON.stringify(expr)}`
  }
}

const said = (expr: string, options: { readonly logicalAndDayFields?: boolean } = {}): string =>
  cronstrue
    .toString(expr, { use24HourTimeFormat: true, ...options })
    .replace(/past the hour$/, "past every hour")

/** With a date and a weekday, either is enough: the two are said apart and joined by "or". */
const eitherDay = (expr: string): string | undefined => {
  const [second, minute, hour, date = "*", month = "*", weekday = "*", year = "*"] = fieldsOf(expr)
  if (date === "*" || weekday === "*" || expr.startsWith("@")) return undefined
  const time = `${second} ${minute} ${hour}`
  const always = said(`${time} * * * *`)
  const rest = (days: string): string => said(`${time} ${days}`).slice(always.length)
  const dates = rest(`${date} * * *`)
  const weekdays = rest(`* * ${weekday} *`).replace(/^, (?:only )?/, "")
  return `${always}${dates}, or ${weekdays}${rest(`* ${month} * ${year}`)}`
}
