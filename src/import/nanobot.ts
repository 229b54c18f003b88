import { Result } from "effect"
import type { Refusal } from "../../machines/refusal.ts"
import { isFields, readJobs, type Fields } from "./document.ts"
import type { Imported, ImportedJob, ImportEntry, ImportText, OldChat } from "./entry.ts"
import { firstOf, leftOver, shown, textOf, type Handling } from "./fields.ts"
import { mergeActions } from "./nanobot-actions.ts"
import { croniterCalendar, interval, once, type Timing } from "./times.ts"

/** Reads `jobs.json`, with what `action.jsonl` says on top of it. picoclaw writes the same. */
export const readNanobot = (source: ImportText): Result.Result<Imported, Refusal> =>
  Result.gen(function* () {
    const { jobs } = yield* readJobs(source.file, source.text)
    const { actions, tz } = source
    const merged = actions === undefined ? jobs : yield* mergeActions(jobs, actions)
    return {
      entries: merged.map((job, index) => entryOf(job, index, tz)),
      notes: [
        "nanobot drops what falls due while it is down; here the last missed occurrence runs once (policy.catch_up).",
      ],
    }
  })

const entryOf = (value: unknown, index: number, tz: string): ImportEntry => {
  const place = `jobs[${index}]`
  const fields = isFields(value) ? value : {}
  const id = textOf(fields["id"])
  const head = {
    ref: id ?? place,
    name: textOf(fields["name"]) ?? id ?? place,
    wasEnabled: isFields(value) && fields["enabled"] !== false,
  }
  if (id === undefined) {
    return { ...head, notes: [], job: { refused: `it is ${shown(value)}, without an id` } }
  }
  const job = jobOf(fields, id, tz)
  const notes = notesOf(fields)
  return Result.isSuccess(job)
    ? { ...head, notes, job: job.success }
    : { ...head, notes, job: { refused: job.failure } }
}

const payloadOf = ({ payload }: Fields): Fields => (isFields(payload) ? payload : {})

const jobOf = (value: Fields, id: string, tz: string): Result.Result<ImportedJob, string> =>
  Result.gen(function* () {
    const payload = payloadOf(value)
    const prompt = yield* promptOf(payload)
    const timing = yield* timingOf(value, tz)
    const chat = chatOf(payload)
    const name = textOf(value["name"])
    const isOver = firstOf(value, "deleteAfterRun", "delete_after_run") === true
    return {
      input: {
        prompt,
        ...timing,
        key: `nanobot/${id}`,
        ...(name !== undefined && { name }),
        ...(isOver && { delete_after_run: true }),
      },
      ...(chat !== undefined && { deliverTo: chat }),
    }
  })

const promptOf = (payload: Fields): Result.Result<string, string> => {
  const kind = payload["kind"] ?? "agent_turn"
  if (kind === "system_event") {
    return Result.fail("it is one of nanobot's own jobs, which only nanobot can run")
  }
  if (textOf(payload["command"]) !== undefined) {
    return Result.fail("it is a command, not a prompt: add it by hand, as a job of the agent shell")
  }
  if (kind !== "agent_turn" && kind !== "message") {
    return Result.fail(`its payload is of the kind ${shown(kind)}, unknown here`)
  }
  const message = textOf(payload["message"])
  return message === undefined ? Result.fail("it asks nothing") : Result.succeed(message)
}

/** An interval counts from the last run there, so the next one tells its step. */
const timingOf = (value: Fields, tz: string): Timing => {
  const schedule = isFields(value["schedule"]) ? value["schedule"] : {}
  const state = isFields(value["state"]) ? value["state"] : {}
  const zone = textOf(schedule["tz"]) ?? tz
  const anchor =
    firstOf(state, "nextRunAtMs", "next_run_at_ms", "lastRunAtMs", "last_run_at_ms") ??
    firstOf(value, "createdAtMs", "created_at_ms")
  switch (schedule["kind"]) {
    case "at":
      return once(firstOf(schedule, "atMs", "at_ms"), zone)
    case "every":
      return interval(firstOf(schedule, "everyMs", "every_ms"), anchor, zone)
    case "cron":
      return croniterCalendar(schedule["expr"], zone)
    default:
      return Result.fail(`its schedule ${shown(value["schedule"])} is of no kind known here`)
  }
}

/** The chat it was made in; older jobs name it otherwise, or only in the key of their session. */
const chatOf = (payload: Fields): OldChat | undefined => {
  const session = textOf(firstOf(payload, "sessionKey", "session_key"))
  const [fromSession, ...rest] = session?.split(":") ?? []
  const channel =
    textOf(firstOf(payload, "originChannel", "origin_channel", "channel")) ?? textOf(fromSession)
  const chatId =
    textOf(firstOf(payload, "originChatId", "origin_chat_id", "to")) ?? textOf(rest.join(":"))
  if (channel === undefined) return undefined
  return { channel, ...(chatId !== undefined && { chatId }) }
}

const notesOf = (value: Fields): ReadonlyArray<string> => {
  const { schedule } = value
  return [
    ...leftOver(value, ofJob),
    ...(isFields(schedule) ? leftOver(schedule, ofSchedule, "schedule.") : []),
    ...leftOver(payloadOf(value), ofPayload, "payload."),
  ]
}

const ofJob: Handling = {
  known: [
    "id name enabled schedule payload state",
    "deleteAfterRun delete_after_run",
    "createdAtMs created_at_ms updatedAtMs updated_at_ms",
  ],
  lost: {},
}

const ofSchedule: Handling = {
  known: ["kind atMs at_ms everyMs every_ms expr tz"],
  lost: {},
}

const routing = "answers go to a channel and a chat, and to nothing finer"

const ofPayload: Handling = {
  known: [
    "kind message deliver channel to sessionKey session_key",
    "originChannel origin_channel originChatId origin_chat_id",
  ],
  lost: {
    channelMeta: routing,
    channel_meta: routing,
    originMetadata: routing,
    origin_metadata: routing,
    command: "it is a command line",
  },
}
