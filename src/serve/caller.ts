import type { Actor } from "../../events/envelope.ts"

type Texts = Readonly<Record<string, string | undefined>>

/**
 * Who calls over HTTP. `Horolog-Agent` names an agent, `Horolog-User` a person (else: `http`);
 * `Horolog-Session`, `Horolog-Channel`, `Horolog-Chat`, `Horolog-Run` and `Horolog-Tool-Call` say
 * where the call comes from. Values are percent-encoded, so that any name can be sent.
 */
export const callerOfHeaders = (headers: Texts): Actor => {
  const read = (name: string): string | undefined => decoded(headers[name])
  const agent = read("horolog-agent")
  return {
    kind: agent === undefined ? "user" : "agent",
    id: agent ?? read("horolog-user") ?? "http",
    ...present({
      session: read("horolog-session"),
      channel: read("horolog-channel"),
      chatId: read("horolog-chat"),
      toolCallId: read("horolog-tool-call"),
      runId: read("horolog-run"),
    }),
  }
}

/** The headers that say who calls; the other way round of `callerOfHeaders`. */
export const headersOfCaller = (caller: Actor): Readonly<Record<string, string>> => {
  const name = caller.kind === "agent" ? "horolog-agent" : "horolog-user"
  const headers = {
    [name]: caller.id,
    "horolog-session": caller.session,
    "horolog-channel": caller.channel,
    "horolog-chat": caller.chatId,
    "horolog-tool-call": caller.toolCallId,
    "horolog-run": caller.runId,
  }
  return Object.fromEntries(
    Object.entries(headers).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, encodeURIComponent(value)]],
    ),
  )
}

/**
 * Who calls from a terminal: a person, unless the command is given from inside a run, where the
 * `command` agent has set HOROLOG_RUN. Then it is that run's agent, and its limits hold.
 */
export const callerOfEnvironment = (environment: Texts): Actor => {
  const runId = filled(environment["HOROLOG_RUN"])
  if (runId === undefined) return { kind: "user", id: filled(environment["USER"]) ?? "terminal" }
  return {
    kind: "agent",
    id: filled(environment["HOROLOG_JOB_ID"]) ?? runId,
    runId,
    ...present({
      channel: filled(environment["HOROLOG_CHANNEL"]),
      chatId: filled(environment["HOROLOG_CHAT_ID"]),
    }),
  }
}

const decoded = (value: string | undefined): string | undefined => {
  if (filled(value) === undefined) return undefined
  try {
    return decodeURIComponent(value ?? "")
  } catch {
    return value
  }
}

const filled = (value: string | undefined): string | undefined =>
  value === undefined || value.trim() === "" ? undefined : value

const present = <Name extends string>(
  values: Readonly<Record<Name, string | undefined>>,
): { readonly [Key in Name]?: string } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    readonly [Key in Name]?: string
  }
