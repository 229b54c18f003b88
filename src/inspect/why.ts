import type { Recorded } from "../../events/envelope.ts"
import type { JobFact } from "../../events/fact.ts"
import type { EpochMs } from "../../events/time.ts"
import { answered, type Why } from "./why-answer.ts"
import { regimeAnswer } from "./why-regime.ts"
import {
  emptyStory,
  tell,
  type Asked,
  type PlanThen,
  type RunThen,
  type SpanThen,
  type Story,
} from "./why-story.ts"
import * as words from "./why-words.ts"

export type { Why } from "./why-answer.ts"
export type { Asked, RunThen } from "./why-story.ts"

/** An answer under way: the facts of one job go in one by one, in the order of the log. */
export interface WhyFold {
  readonly take: (recorded: Recorded<JobFact>) => void
  readonly answer: (now: EpochMs) => Why
}

/** Why a job ran, or did not, at a time. It keeps only what has to do with that time. */
export const makeWhy = (asked: Asked): WhyFold => {
  const story = emptyStory(asked)
  return {
    take: (recorded) => tell(story, recorded),
    answer: (now) => answerOf(story, now),
  }
}

/** Why a job ran, or did not, at a time. The facts are all those of its stream, in order. */
export const why = (facts: Iterable<Recorded<JobFact>>, asked: Asked, now: EpochMs): Why => {
  const fold = makeWhy(asked)
  for (const recorded of facts) fold.take(recorded)
  return fold.answer(now)
}

/** Facts about that very time come first, then the plans for it, then what held for the job then. */
const answerOf = (story: Story, now: EpochMs): Why => {
  const say = words.timeIn(story.state.context.definition.schedule.tz)
  const [run] = story.runs
  if (run !== undefined) return ran(story, run, say)
  const skipped = story.spans.findLast(({ type }) => type === "occurrences.skipped")
  const span = skipped ?? story.spans.at(-1)
  if (span !== undefined) return spanAnswer(span, say)
  const standing = story.plans.find(({ replacedBy }) => replacedBy === null)
  if (standing !== undefined) return standingAnswer(story, standing, { now, say })
  const former = story.plans.at(-1)
  return former === undefined ? regimeAnswer(story, now) : superseded(former, say)
}

const ran = (story: Story, { dueAt }: RunThen, say: words.Say): Why => {
  const runs = story.runs.filter((run) => run.dueAt === dueAt)
  const { retry } = story.state.context
  const again = retry !== null && retry.dueAt === dueAt ? retry : undefined
  return answered(
    { answer: "ran", dueAt, runs, sentence: words.ranSentence(runs, again, say) },
    ...runs.flatMap(({ started, ended }) => [started, ended]),
  )
}

const spanAnswer = (span: SpanThen, say: words.Say): Why => {
  const { type, dueAt, reason, source } = span
  const isSkipped = type === "occurrences.skipped"
  return answered(
    {
      answer: isSkipped ? "skipped" : "waiting",
      dueAt,
      reason,
      policy: words.policyBehind(span),
      by: source.by,
      sentence: isSkipped ? words.skippedSentence(span, say) : queuedSentence(span, say),
    },
    source,
  )
}

const queuedSentence = ({ dueAt, reason, source }: SpanThen, say: words.Say): string =>
  `The occurrence of ${say(dueAt)} waits for its turn (${reason}, position ${source.position}).`

interface Seen {
  readonly now: EpochMs
  readonly say: words.Say
}

const standingAnswer = (story: Story, { plan, planned }: PlanThen, { now, say }: Seen): Why => {
  const { dueAt, wakeAt } = plan
  if (wakeAt > now) {
    const delayed = wakeAt === dueAt ? "" : `, to start at ${say(wakeAt)}`
    const sentence = `The occurrence of ${say(dueAt)} is still to come: it is planned${delayed} (position ${planned.position}).`
    return answered({ answer: "not-yet", dueAt, sentence }, planned)
  }
  const open = Object.values(story.state.context.openRuns)[0]
  const behind =
    open === undefined
      ? "it was not started yet; nothing starts unless the scheduler is up and a slot is free"
      : `it waits for run ${open.runId} of the job, which is still open`
  const reason = open === undefined ? "not-started" : "already-running"
  const sentence = `The occurrence of ${say(dueAt)} is due, and ${behind}.`
  return answered({ answer: "waiting", dueAt, reason, sentence }, planned)
}

const superseded = ({ plan, planned, replacedBy }: PlanThen, say: words.Say): Why => {
  const source = replacedBy ?? planned
  const deed = words.deeds[source.type] ?? "the plan was replaced"
  const sentence =
    `The occurrence of ${say(plan.dueAt)} was planned (position ${planned.position}), but ` +
    `${deed} at ${say(source.at)} ${words.byWhom(source)}.`
  const reason = words.causes[source.type] ?? "changed"
  return answered(
    { answer: "superseded", dueAt: plan.dueAt, reason, by: source.by, sentence },
    planned,
    source,
  )
}
