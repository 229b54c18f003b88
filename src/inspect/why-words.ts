import type { Actor } from "../../events/envelope.ts"
import type { JobFact } from "../../events/fact.ts"
import type { Policy } from "../../events/policy.ts"
import type { EpochMs } from "../../events/time.ts"
import { durationWords } from "../../machines/duration.ts"
import { localMinute } from "../../machines/next-due.ts"
import type { PlannedRetry } from "../../machines/state.ts"
import type { Nearest } from "./why-near.ts"
import type { RunThen, Source, SpanThen } from "./why-story.ts"

/** `2026-12-01 09:00 Europe/Vienna`. */
export const timeIn =
  (tz: string) =>
  (at: EpochMs): string =>
    `${localMinute(at, tz)} ${tz}`

/** Says an instant in the zone of the job. */
export type Say = ReturnType<typeof timeIn>

/** Who did it, and at which position that stands. */
export const byWhom = ({ by, position }: Source): string => `by ${who(by)} (position ${position})`

const who = ({ kind, id, channel, chatId }: Actor): string => {
  if (kind !== "user" && kind !== "agent" && kind !== "import") return `the ${kind}`
  const where = channel === undefined ? "" : ` in ${channel}:${chatId ?? ""}`
  return `${kind} ${id}${where}`
}

/** `again` is the attempt that is still to come. */
export const ranSentence = (
  runs: ReadonlyArray<RunThen>,
  again: PlannedRetry | undefined,
  say: Say,
): string => {
  const [first] = runs
  if (first === undefined) return "It ran."
  const { dueAt, startedAt, lateMs } = first
  const late = lateMs < 1_000 ? "on time" : `${durationWords(lateMs)} late, at ${say(startedAt)}`
  const next =
    again === undefined ? "" : `; attempt ${again.attempt} is planned for ${say(again.wakeAt)}`
  const attempts = runs.length === 1 ? "in one attempt" : `in ${runs.length} attempts`
  return `The occurrence of ${say(dueAt)} ran ${late}, ${attempts}: ${runs.map(outcomeOf).join(", ")}${next}.`
}

const outcomeOf = ({ runId, outcome }: RunThen): string => `${runId} ${outcome ?? "is still open"}`

export const skippedSentence = (span: SpanThen, say: Say): string => {
  const reason = reasons[span.reason] ?? span.reason
  return `The occurrence of ${say(span.dueAt)} was skipped: ${reason}${spanWords(span)} (position ${span.source.position}).`
}

const spanWords = ({ from, to, count }: SpanThen): string =>
  from === to ? "" : `, with ${count === null ? "more than 1000" : count} from there on in one span`

/** Why an occurrence did not run, as the end of a sentence. */
const reasons: Readonly<Record<string, string>> = {
  downtime: "the scheduler was not up then, and catchUp did not want it",
  overlap: "a run of the job was still open, and overlap did not let it wait",
  retrying: "an earlier occurrence was still being tried again",
  paused: "the job was paused",
  window: "it was found too late for the catchUp window",
  disabled: "the job was disabled before it was started",
  removed: "the job was removed before it was started",
  "schedule-changed": "the schedule changed before it was started",
  capacity: "more had piled up than may be caught up with",
  quota: "the provider's quota was used up",
  "clock-jumped": "the clock jumped over it",
}

/** What of the policy let it be skipped, or wait. */
export const policyBehind = ({ reason, policy }: SpanThen): Partial<Policy> => {
  const { catchUp, overlap, retry } = policy
  switch (reason) {
    case "downtime":
    case "window":
    case "capacity":
    case "catch-up":
    case "clock-jumped":
      return { catchUp }
    case "overlap":
      return { overlap }
    case "retrying":
    case "quota":
      return { retry }
    default:
      return {}
  }
}

export const nearestSentence = (
  at: EpochMs,
  { before, after }: Nearest,
  { say, byHand }: { readonly say: Say; readonly byHand: ReadonlyArray<RunThen> },
): string => {
  const sides = [
    ...(before === null ? [] : [`the one before is ${say(before)}`]),
    ...(after === null ? [] : [`the next one is ${say(after)}`]),
  ]
  const near = sides.length === 0 ? "the schedule has none near it" : sides.join(", ")
  const hand = byHand.map(
    ({ runId, started }) => `; run ${runId} was asked for then ${byWhom(started)}`,
  )
  return `${say(at)} is no occurrence of the schedule: ${near}${hand.join("")}.`
}

/** What a fact did to a plan. */
export const deeds: { readonly [Type in JobFact["type"]]?: string } = {
  "job.updated": "the job was changed",
  "job.disabled": "the job was disabled",
  "job.enabled": "the job was enabled again and planned afresh",
  "job.removed": "the job was removed",
  "job.replanned": "the job was planned afresh",
  "job.resumed": "the job was resumed and planned afresh",
}

/** The same, in a word. */
export const causes: { readonly [Type in JobFact["type"]]?: string } = {
  "job.updated": "changed",
  "job.disabled": "disabled",
  "job.enabled": "enabled",
  "job.removed": "removed",
  "job.replanned": "replanned",
  "job.resumed": "resumed",
}
