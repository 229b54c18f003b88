/** A line of a crontab, as it was understood. */
export type CrontabLine =
  | { readonly type: "blank" }
  | { readonly type: "comment"; readonly title: string | undefined }
  | { readonly type: "variable"; readonly name: string; readonly value: string }
  | {
      readonly type: "job"
      readonly cron: string
      readonly user: string | undefined
      /** With its escapes, as it stands in the file. */
      readonly command: string
      readonly isQuiet: boolean
    }
  | { readonly type: "malformed"; readonly text: string; readonly problem: string }

/** Reads one line. Cron knows comments only as whole lines. */
export const readLine = (text: string, isSystem: boolean): CrontabLine => {
  const line = text.trimStart()
  if (line.trimEnd() === "") return { type: "blank" }
  if (line.startsWith("#")) return { type: "comment", title: titleOf(line) }
  const variable = variableForm.exec(line)
  if (variable !== null) {
    const [, double, single, bare, value = ""] = variable
    return { type: "variable", name: double ?? single ?? bare ?? "", value: unquoted(value.trim()) }
  }
  return jobLine(line, isSystem)
}

/** Whether the sixth field is a user: the system's files say so by their place, others by root. */
export const isSystemCrontab = (file: string, lines: ReadonlyArray<string>): boolean => {
  if (/(?:^|\/)etc\/(?:crontab$|cron\.d\/)/.test(file)) return true
  const jobs = lines.map((line) => readLine(line, true)).filter(({ type }) => type !== "blank")
  const users = jobs.flatMap((line) => (line.type === "job" ? [line] : []))
  return (
    users.some(({ user }) => user === "root") &&
    users.every(({ user = "", command }) => userForm.test(user) && command !== "")
  )
}

/** What cron takes and this schedule cannot be, in words that mend it. */
export const fieldProblem = ({ cron }: { readonly cron: string }): string | undefined => {
  if (cron === "@reboot") {
    return "@reboot names no time: have the system start it (systemd, launchd), or run it by hand"
  }
  if (cron.includes("~"))
    return "it leaves the time to chance (~): write the time, and set policy.jitter_ms"
  return undefined
}

const variableForm = /^(?:"([^"]*)"|'([^']*)'|([A-Za-z_]\w*))\s*=(.*)$/
const userForm = /^[a-z_][a-z0-9_-]*\$?$/i

const unquoted = (value: string): string => /^(["'])(.*)\1$/.exec(value)?.[2] ?? value

/** Ansible names its lines this way. */
const titleOf = (comment: string): string | undefined =>
  /^#\s*Ansible:\s*(\S.*)$/.exec(comment)?.[1]?.trim()

const jobLine = (line: string, isSystem: boolean): CrontabLine => {
  const isQuiet = line.startsWith("-")
  const text = isQuiet ? line.slice(1) : line
  const timesCount = text.startsWith("@") ? 1 : 5
  const times = takeWords(text, timesCount)
  if (times === undefined) return tooShort(line, timesCount)
  const cron = times.words.join(" ")
  if (!timeForm.test(cron)) return noTime(line)
  const who = isSystem ? takeWords(times.rest, 1) : { words: [], rest: times.rest }
  if (who === undefined)
    return { ...tooShort(line, timesCount), problem: "it has no user and no command" }
  return {
    type: "job",
    cron: bothDays(cron),
    user: who.words[0],
    command: who.rest,
    isQuiet,
  }
}

/** Five fields that begin like times, or a nickname: a line of prose is neither. */
const timeForm = /^(?:@\w+|[\d*][\d*,/~-]*(?: [\w*,/~?#+-]+){4})$/

/** The first words of a text, and what stands behind them. */
const takeWords = (
  text: string,
  count: number,
): { readonly words: ReadonlyArray<string>; readonly rest: string } | undefined => {
  const words: Array<string> = []
  let rest = text.trimStart()
  while (words.length < count) {
    const word = /^\S+/.exec(rest)?.[0]
    if (word === undefined) return undefined
    words.push(word)
    rest = rest.slice(word.length).trimStart()
  }
  return { words, rest }
}

/**
 * Where either day begins with a star, cron wants both to match, so that every second day on a Monday
 * is not any Monday; otherwise one of them is enough.
 */
const bothDays = (cron: string): string => {
  const fields = cron.split(" ")
  const [, , dayOfMonth = "*", , dayOfWeek = "*"] = fields
  const isStepped = dayOfMonth.startsWith("*") || dayOfWeek.startsWith("*")
  const isBoth = dayOfMonth !== "*" && dayOfWeek !== "*"
  return fields.length === 5 && isStepped && isBoth
    ? [...fields.slice(0, 4), `+${dayOfWeek}`].join(" ")
    : cron
}

const tooShort = (text: string, timesCount: number) => ({
  type: "malformed" as const,
  text: text.trimEnd(),
  problem: `it has fewer than ${timesCount + 1} words: ${timesCount === 1 ? "a nickname" : "five times"}, then a command`,
})

const noTime = (text: string): CrontabLine => ({
  type: "malformed",
  text: text.trimEnd(),
  problem: "it begins with no time, sets no variable (NAME=value) and is no comment (#)",
})
