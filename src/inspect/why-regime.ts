import type { EpochMs } from "../../events/time.ts"
import { answered, type Why } from "./why-answer.ts"
import { nearestTo } from "./why-near.ts"
import { occurrenceAt, type Regime, type Story } from "./why-story.ts"
import { byWhom, nearestSentence, timeIn, type Say } from "./why-words.ts"

/** A time that no fact names: what held for the job then says why nothing was planned. */
export const regimeAnswer = (story: Story, now: EpochMs): Why => {
  const regime = regimeOf(story)
  if (regime === undefined) return notAdded(story)
  const say = timeIn(regime.schedule.tz)
  if (regime.life === "removed") return removed(story, regime, say)
  const dueAt = occurrenceAt(regime.schedule, story.asked)
  if (dueAt === undefined) return noOccurrence(story, regime, say)
  const then: Then = { story, regime, dueAt, say }
  if (regime.life === "disabled") return disabled(then)
  if (isPaused(regime, dueAt)) return paused(then)
  return beyondBounds(then) ?? begunLater(then) ?? toCome(then, now)
}

/** An occurrence, and what held for the job when its time came. */
interface Then {
  readonly story: Story
  readonly regime: Regime
  readonly dueAt: EpochMs
  readonly say: Say
}

/** What held when the time came: a change at that very instant came too late for it. */
const regimeOf = ({ asked, regimes }: Story): Regime | undefined => {
  const before = (at: EpochMs) => regimes.findLast(({ source }) => source.at < at)
  const last = before(asked.at + asked.widthMs)
  const dueAt = last === undefined ? undefined : occurrenceAt(last.schedule, asked)
  return dueAt === undefined ? last : before(dueAt)
}

const notAdded = ({ asked, regimes, state }: Story): Why => {
  const source = regimes[0]?.source ?? null
  const say = timeIn(state.context.definition.schedule.tz)
  const when = source === null ? "" : `; it was added at ${say(source.at)} ${byWhom(source)}`
  const sentence = `There was no such job yet at ${say(asked.at)}${when}.`
  const by = source?.by ?? null
  return answered(
    { answer: "not-planned", dueAt: asked.at, reason: "not-added", by, sentence },
    source,
  )
}

const removed = ({ asked }: Story, { source }: Regime, say: Say): Why =>
  answered(
    {
      answer: "not-planned",
      dueAt: asked.at,
      reason: "removed",
      by: source.by,
      sentence: `The job was gone by ${say(asked.at)}: it was removed at ${say(source.at)} ${byWhom(source)}.`,
    },
    source,
  )

/** The schedule has no such time; one that it took the place of may have had it. */
const noOccurrence = (story: Story, regime: Regime, say: Say): Why => {
  const { asked, regimes, byHand } = story
  const index = regimes.indexOf(regime)
  const had = regimes.slice(0, index).findLastIndex((one) => occurrenceAt(one.schedule, asked))
  const change = regimes[had + 1]
  if (had >= 0 && change !== undefined) return changed(story, change, say)
  const nearest = nearestTo(regime.schedule, asked)
  const later = regimes.slice(index + 1).find((one) => occurrenceAt(one.schedule, asked))
  const since =
    later === undefined
      ? ""
      : ` The schedule that has it came at ${say(later.source.at)} ${byWhom(later.source)}.`
  return answered(
    {
      answer: "not-an-occurrence",
      dueAt: asked.at,
      runs: byHand,
      nearest,
      sentence: `${nearestSentence(asked.at, nearest, { say, byHand })}${since}`,
    },
    regime.source,
    later?.source ?? null,
    ...byHand.map(({ started }) => started),
  )
}

const changed = ({ asked }: Story, { source, schedule }: Regime, say: Say): Why => {
  const nearest = nearestTo(schedule, asked)
  return answered(
    {
      answer: "not-planned",
      dueAt: asked.at,
      reason: "changed",
      by: source.by,
      nearest,
      sentence:
        `${say(asked.at)} was an occurrence until the schedule was changed at ` +
        `${say(source.at)} ${byWhom(source)}.`,
    },
    source,
  )
}

const disabled = ({ story, regime, dueAt, say }: Then): Why => {
  const source = sinceWhen(story, regime)
  const sentence =
    `The job was disabled (${regime.reason ?? "manual"}) when ${say(dueAt)} came: since ` +
    `${say(source.at)}, ${byWhom(source)}.`
  return answered(
    { answer: "not-planned", dueAt, reason: "disabled", by: source.by, sentence },
    source,
  )
}

const isPaused = ({ life, until }: Regime, dueAt: EpochMs): boolean =>
  life === "paused" && (until === null || dueAt < until)

const paused = ({ story, regime, dueAt, say }: Then): Why => {
  const source = sinceWhen(story, regime)
  const until = regime.until === null ? "" : `, until ${say(regime.until)}`
  const sentence = `The job was paused when ${say(dueAt)} came: since ${say(source.at)}${until}, ${byWhom(source)}.`
  return answered(
    { answer: "not-planned", dueAt, reason: "paused", by: source.by, sentence },
    source,
  )
}

/** The fact that brought a job into the life it led then; it may have been changed since. */
const sinceWhen = ({ regimes }: Story, regime: Regime): Regime["source"] => {
  const upTo = regimes.slice(0, regimes.indexOf(regime) + 1)
  const other = upTo.findLastIndex(({ life }) => life !== regime.life)
  return upTo[other + 1]?.source ?? regime.source
}

const beyondBounds = ({ regime, dueAt, say }: Then): Why | undefined => {
  const { startAt, endAt } = regime.policy
  const isEarly = startAt !== undefined && dueAt < startAt
  const isLate = endAt !== undefined && dueAt > endAt
  if (!isEarly && !isLate) return undefined
  const bound = isEarly ? `only begins at ${say(startAt)}` : `ended at ${say(endAt ?? dueAt)}`
  const policy = isEarly ? { startAt } : { ...(endAt !== undefined && { endAt }) }
  return answered(
    {
      answer: "not-planned",
      dueAt,
      reason: "bounds",
      policy,
      by: regime.source.by,
      sentence: `${say(dueAt)} lies outside of the job's bounds: it ${bound}.`,
    },
    regime.source,
  )
}

/** A new way of planning begins behind what was accounted for, also when the clock is set back later. */
const begunLater = ({ story, regime, dueAt, say }: Then): Why | undefined => {
  const { regimes } = story
  const began = regimes.slice(0, regimes.indexOf(regime) + 1).findLast(({ plan }) => plan !== null)
  if (began?.plan === undefined || began.plan === null || began.plan.after < dueAt) return undefined
  const { source, plan } = began
  return answered(
    {
      answer: "not-planned",
      dueAt,
      reason: "begun-later",
      by: source.by,
      sentence:
        `The plan made at position ${source.position} begins after ${say(plan.after)}: ` +
        `${say(dueAt)} lay behind it, and was not planned again.`,
    },
    source,
  )
}

/** Still ahead, or behind another one that is due. */
const toCome = ({ story, regime, dueAt, say }: Then, now: EpochMs): Why => {
  const { state, standing } = story
  const { plan } = state.context
  if (dueAt > now) {
    const next = plan === null ? "" : `; before it comes ${say(plan.dueAt)}`
    const sentence = `${say(dueAt)} is still to come${next}.`
    return answered({ answer: "not-yet", dueAt, sentence }, regime.source, standing)
  }
  if (plan !== null && plan.dueAt < dueAt) {
    const sentence = `${say(dueAt)} waits behind ${say(plan.dueAt)}, which is due and was not started yet.`
    return answered({ answer: "waiting", dueAt, reason: "not-started", sentence }, standing)
  }
  return answered(
    {
      answer: "unaccounted",
      dueAt,
      sentence: `No fact answers for ${say(dueAt)}, which was an occurrence: \`horolog verify\` says more.`,
    },
    regime.source,
  )
}
