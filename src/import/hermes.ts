import { Result } from "effect"
import type { Refusal } from "../../machines/refusal.ts"
import { isFields, readJobs, type Fields } from "./document.ts"
import type { Imported, ImportedJob, ImportEntry, ImportText } from "./entry.ts"
import { leftOver, numberOf, shown, textOf, type Handling } from "./fields.ts"
import { deliveryOf } from "./hermes-delivery.ts"
import { croniterCalendar, interval, once, type Timing } from "./times.ts"

/** Reads `jobs.json`. */
export const readHermes = (source: ImportText): Result.Result<Imported, Refusal> =>
  Result.map(readJobs(source.file, source.text), ({ jobs }) => ({
    entries: jobs.map((job, index) => entryOf(job, index, source.tz)),
    notes: [
      `Hermes has one zone for all jobs; they were read in ${source.tz} (--tz names another one).`,
    ],
  }))

const entryOf = (value: unknown, index: number, tz: string): ImportEntry => {
  const place = `jobs[${index}]`
  const fields = isFields(value) ? value : {}
  const id = textOf(fields["id"])
  const isOn = fields["enabled"] !== false && fields["state"] !== "paused"
  const head = {
    ref: id ?? place,
    name: textOf(fields["name"]) ?? id ?? place,
    wasEnabled: isFields(value) && isOn,
  }
  if (id === undefined) {
    return { ...head, notes: [], job: { refused: `it is ${shown(value)}, without an id` } }
  }
  const delivery = deliveryOf(fields)
  const job = Result.map(jobOf(fields, id, tz), (made) => ({
    ...made,
    ...(delivery.chat !== undefined && { deliverTo: delivery.chat }),
  }))
  const notes = [...leftOver(fields, ofJob), ...delivery.notes]
  return Result.isSuccess(job)
    ? { ...head, notes, job: job.success }
    : { ...head, notes, job: { refused: job.failure } }
}

const jobOf = (value: Fields, id: string, tz: string): Result.Result<ImportedJob, string> =>
  Result.gen(function* () {
    if (value["no_agent"] === true) return yield* Result.fail(scriptOnly)
    const prompt = textOf(value["prompt"])
    if (prompt === undefined) return yield* Result.fail("it asks nothing")
    const timing = yield* timingOf(value, tz)
    const left = yield* runsLeft(value["repeat"])
    const name = textOf(value["name"])
    const model = textOf(value["model"])
    const isOneShot = isFields(value["schedule"]) && value["schedule"]["kind"] === "once"
    return {
      input: {
        prompt,
        ...timing,
        key: `hermes/${id}`,
        ...(name !== undefined && { name }),
        ...(model !== undefined && { model }),
        ...(left !== undefined && !isOneShot && { policy: { runs_max: left } }),
      },
    }
  })

const scriptOnly = "it runs a script and asks no model: add it by hand, as a job of the agent shell"

const minuteMs = 60_000

const timingOf = (value: Fields, tz: string): Timing => {
  const schedule = isFields(value["schedule"]) ? value["schedule"] : {}
  switch (schedule["kind"]) {
    case "once":
      return once(schedule["run_at"], tz)
    case "interval": {
      const minutes = numberOf(schedule["minutes"])
      const everyMs = minutes === undefined ? schedule["minutes"] : minutes * minuteMs
      return interval(everyMs, instantOf(value["next_run_at"] ?? value["last_run_at"]), tz)
    }
    case "cron":
      return croniterCalendar(schedule["expr"], tz)
    default:
      return Result.fail(`its schedule ${shown(value["schedule"])} is of no kind known here`)
  }
}

/** Only with an offset is it an instant; anything else merely loses the step of the interval. */
const instantOf = (value: unknown): number | undefined => {
  const text = textOf(value)
  if (text === undefined || !/(?:z|[+-]\d\d:?\d\d)$/i.test(text)) return undefined
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : at
}

const runsLeft = (repeat: unknown): Result.Result<number | undefined, string> => {
  const { times, completed } = isFields(repeat) ? repeat : { times: repeat, completed: 0 }
  const whole = numberOf(times)
  if (whole === undefined || whole <= 0) return Result.succeed(undefined)
  const left = whole - (numberOf(completed) ?? 0)
  return left > 0
    ? Result.succeed(left)
    : Result.fail(`it was to run ${whole} times, and that has happened`)
}

const ofJob: Handling = {
  known: [
    "id name prompt schedule schedule_display repeat enabled state",
    "deliver origin model no_agent created_at updated_at paused_at",
    "next_run_at last_run_at last_status last_error last_delivery_error",
    "fire_claim run_claim provider_snapshot model_snapshot",
  ],
  lost: {
    skills: "the agent has its own skills",
    skill: "the agent has its own skills",
    script: "there is no script before the prompt",
    monitor: "there is no monitor before the prompt",
    context_from: "a run does not read the answers of other jobs",
    continuity: "a run does not read its own former answers",
    provider: "the agent decides whom it asks",
    base_url: "the agent decides whom it asks",
    profile: "the agent has its own profile",
    workdir: "the agent has its own folder",
    enabled_toolsets: "the agent decides which tools it has",
    attach_to_session: "sessions stay where they are",
    failure_deliver: "failures go where answers go",
    paused_reason: "a job that was paused comes disabled",
  },
}
