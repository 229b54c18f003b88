/** The variables that stand above a line; the last one of a name counts. */
export type Environment = ReadonlyArray<readonly [name: string, value: string]>

/** What the variables mean for a line. */
export interface LineEnvironment {
  /** Handed to the command. */
  readonly variables: Environment
  /** The shell that reads the command; absent: `/bin/sh`. */
  readonly shell: string | undefined
  /** The zone of the times, as cronie has it. */
  readonly zone: string | undefined
}

/** Sorts what is meant for cron from what is meant for the command. */
export const environmentOf = (environment: Environment): LineEnvironment => {
  /** A blank value takes back what was set before. */
  const valueOf = (name: string) => environment.find(([other]) => other === name)?.[1] || undefined
  const shell = valueOf("SHELL")
  return {
    variables: environment.filter(([name]) => !ofCron.has(name) && isName.test(name)),
    shell: shell === "/bin/sh" ? undefined : shell,
    zone: valueOf("CRON_TZ"),
  }
}

const ofCron = new Set(["CRON_TZ", "MAILTO", "MAILFROM", "RANDOM_DELAY", "CONTENT_TYPE"])
const isName = /^[A-Za-z_]\w*$/

/** What of a variable is otherwise than it was under cron. */
export const zoneNotes = (
  { name, value }: { readonly name: string; readonly value: string },
  line: number,
): ReadonlyArray<string> => {
  const about = notesByName[name]
  if (about === undefined) {
    return isName.test(name) ? [] : [`Line ${line}: ${name} is no name a shell can set; left out.`]
  }
  return [`Line ${line}: ${name}=${value}: ${about}`]
}

const mail = "no mail is sent; what a command writes goes to the chat of its job."

const notesByName: Readonly<Record<string, string>> = {
  MAILTO: mail,
  MAILFROM: mail,
  CONTENT_TYPE: mail,
  TZ: "handed to the commands; as with cron, it does not move the times (CRON_TZ does).",
  RANDOM_DELAY: "not taken over; policy.jitter_ms spreads starts.",
}
