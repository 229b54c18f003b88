import { Result } from "effect"
import type { Refusal } from "../../machines/refusal.ts"
import { isFields, readJobs, type Fields } from "./document.ts"
import type { Imported, ImportedJob, ImportEntry, ImportText, OldChat } from "./entry.ts"
import { firstOf, leftOver, numberOf, shown, textOf, type Handling } from "./fields.ts"
import { calendar, interval, once, type Timing } from "./times.ts"

/** Reads `jobs.json` (version 1) or what `openclaw cron list --json --all` prints. */
export const readOpenclaw = (source: ImportText): Result.Result<Imported, Refusal> =>
  Result.map(readJobs(source.file, source.text), ({ jobs, envelope }) => ({
    entries: jobs.map((job, index) => entryOf(job, index, source)),
    notes: [staggerNote, ...pageNotes(envelope)],
  }))

const staggerNote =
  "OpenClaw starts jobs of a full hour up to five minutes late, unless they say otherwise; here they start on time."

const pageNotes = ({ hasMore, total }: Fields): ReadonlyArray<string> =>
  hasMore === true
    ? [
        `This is one page of ${shown(total ?? "several")} jobs: \`openclaw cron list --json --all\` prints them all.`,
      ]
    : []

const entryOf = (value: unknown, index: number, { tz }: ImportText): ImportEntry => {
  const place = `jobs[${index}]`
  if (!isFields(value)) return notAJob(place, value)
  const id = textOf(value["id"]) ?? textOf(value["jobId"])
  const name = textOf(value["name"]) ?? id ?? place
  const head = { ref: id ?? place, name, wasEnabled: value["enabled"] !== false }
  if (id === undefined) return { ...head, notes: [], job: { refused: "it has no id" } }
  const job = jobOf(value, id, tz)
  const notes = [...leftOver(value, ofJob), ...inner(value)]
  return Result.isSuccess(job)
    ? { ...head, notes, job: job.success }
    : { ...head, notes, job: { refused: job.failure } }
}

const notAJob = (ref: string, value: unknown): ImportEntry => ({
  ref,
  name: ref,
  wasEnabled: false,
  notes: [],
  job: { refused: `it is ${shown(value)}, which is no job` },
})

const jobOf = (value: Fields, id: string, tz: string): Result.Result<ImportedJob, string> =>
  Result.gen(function* () {
    const payload = isFields(value["payload"]) ? value["payload"] : undefined
    if (payload === undefined) return yield* Result.fail(withoutPayload)
    const prompt = yield* promptOf(payload)
    const timing = yield* timingOf(value, tz)
    const chat = chatOf(value, payload)
    const name = textOf(value["name"])
    const model = textOf(payload["model"])
    const policy = policyOf(value, payload)
    return {
      input: {
        prompt,
        ...timing,
        key: `openclaw/${id}`,
        ...(name !== undefined && { name }),
        ...(model !== undefined && { model }),
        ...(value["deleteAfterRun"] === true && { delete_after_run: true }),
        ...(Object.keys(policy).length > 0 && { policy }),
      },
      ...(chat !== undefined && { deliverTo: chat }),
    }
  })

const withoutPayload =
  "it does not say what it asks: `openclaw cron list --json --all` prints jobs whole"

const promptOf = (payload: Fields): Result.Result<string, string> => {
  switch (payload["kind"]) {
    case "agentTurn":
    case "systemEvent": {
      const said = textOf(firstOf(payload, "message", "text"))
      return said === undefined ? Result.fail("it asks nothing") : Result.succeed(said)
    }
    case "command":
    case "script":
      return Result.fail(
        `it is a ${payload["kind"]}, not a prompt: add it by hand, as a job of the agent shell`,
      )
    default:
      return Result.fail(`its payload is of the kind ${shown(payload["kind"])}, unknown here`)
  }
}

/** An `at` without an offset is in UTC there; a cron expression without a zone in the host's. */
const timingOf = (value: Fields, tz: string): Timing => {
  const schedule = scheduleOf(value)
  const { kind } = schedule
  const zone = textOf(schedule["tz"]) ?? (kind === "at" ? "UTC" : tz)
  switch (kind) {
    case "at":
      return once(firstOf(schedule, "at", "atMs"), zone)
    case "every":
      return interval(schedule["everyMs"], schedule["anchorMs"] ?? value["createdAtMs"], zone)
    case "cron":
      return calendar(firstOf(schedule, "expr", "cron"), zone)
    case "on-exit":
    case "stream":
      return Result.fail(`it is started by ${shown(kind)}, not by a time`)
    default:
      return Result.fail(`its schedule ${shown(value["schedule"])} is of no kind known here`)
  }
}

const scheduleOf = ({ schedule }: Fields): Fields => (isFields(schedule) ? schedule : {})

const policyOf = (value: Fields, payload: Fields) => {
  const seconds = numberOf(payload["timeoutSeconds"])
  const staggerMs = numberOf(scheduleOf(value)["staggerMs"])
  return {
    ...(seconds !== undefined && seconds > 0 && { timeout_ms: Math.round(seconds * 1000) }),
    ...(staggerMs !== undefined && staggerMs > 0 && { jitter_ms: Math.round(staggerMs) }),
  }
}

/** Older jobs say where the answer goes in their payload. */
const chatOf = (value: Fields, payload: Fields): OldChat | undefined => {
  const delivery = isFields(value["delivery"]) ? value["delivery"] : payload
  const channel = textOf(delivery["channel"])
  const chatId = textOf(delivery["to"])
  if (delivery["mode"] === "none" || delivery["mode"] === "webhook") return undefined
  if (channel === undefined || channel === "last") return undefined
  return { channel, ...(chatId !== undefined && { chatId }) }
}

const inner = (value: Fields): ReadonlyArray<string> => {
  const { payload, schedule, delivery } = value
  return [
    ...(isFields(schedule) ? leftOver(schedule, ofSchedule, "schedule.") : []),
    ...(isFields(payload) ? [...leftOver(payload, ofPayload, "payload."), ...event(payload)] : []),
    ...(isFields(delivery)
      ? [...leftOver(delivery, ofDelivery, "delivery."), ...mode(delivery)]
      : []),
  ]
}

const event = ({ kind, timeoutSeconds }: Fields): ReadonlyArray<string> => [
  ...(kind === "systemEvent"
    ? ["It was an event in the main session; here it is a prompt by itself."]
    : []),
  ...(timeoutSeconds === 0 ? ["It had no timeout; here it has the default one."] : []),
]

const mode = ({ mode: how, to }: Fields): ReadonlyArray<string> => {
  if (how === "none") return ["Its answer was not delivered; here it goes to the chat."]
  if (how === "webhook") {
    return [`Its answer was posted to ${shown(to)}; webhooks are not taken over.`]
  }
  return []
}

const ofJob: Handling = {
  known: [
    "id jobId name enabled schedule payload delivery deleteAfterRun",
    "createdAtMs updatedAtMs state configRevision scheduleKind status",
    "nextRunAt nextRunAtMs lastRunAt lastRunAtMs lastRunStatus lastRunError",
    "lastStatus lastError runningAtMs autoDisabled deliveryPreview",
    "effectiveAgentId",
  ],
  lost: {
    agentId: "agents of OpenClaw are not known here; policy.agent names one of the configuration",
    sessionTarget: "sessions stay where they are",
    sessionKey: "sessions stay where they are",
    wakeMode: "a job runs when it is due, not at a heartbeat",
    pacing: "a job cannot set its own pace",
    trigger: "there are no trigger scripts",
    failureAlert: "set policy.alert instead",
    declarationKey: "the key is made of the id",
    displayName: "the name is taken",
    description: "a job has a name only",
    owner: "the job belongs to the chat it is imported in",
  },
}

const ofSchedule: Handling = {
  known: ["kind at atMs everyMs anchorMs expr cron tz staggerMs"],
  lost: {},
}

const ofPayload: Handling = {
  known: ["kind message text model timeoutSeconds channel to deliver"],
  lost: {
    thinking: "how a model thinks is the agent's to say",
    fallbacks: "a job has one model",
    toolsAllow: "the agent decides which tools it has",
    toolBudget: "set policy.budget instead",
    lightContext: "the agent decides what it reads",
    allowUnsafeExternalContent: "nothing is wrapped here",
    bestEffortDeliver: "a failed delivery is recorded and changes no run",
  },
}

const ofDelivery: Handling = {
  known: ["mode channel to"],
  lost: {
    accountId: "a channel has one account",
    threadId: "a chat has one address",
    bestEffort: "a failed delivery is recorded and changes no run",
    failureDestination: "failures go where answers go",
    completionDestination: "answers go to one chat",
  },
}
