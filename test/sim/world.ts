import { createHash } from "node:crypto"
import { Effect } from "effect"
import { checkOpened, checkWhole } from "./check.ts"
import { happen } from "./happen.ts"
import { begin, bury } from "./life.ts"
import { loadSqlite, type Process } from "./process.ts"
import { checkQuiet } from "./quiet.ts"
import type { Script } from "./script.ts"
import { makeStage, type Stage } from "./stage.ts"
import { mustHold, type Violation } from "./violation.ts"

/** What came of a world. */
export interface Outcome {
  readonly violation: Violation | undefined
  readonly trace: ReadonlyArray<string>
  readonly counts: Counts
  /** Names everything that was recorded: equal for equal scripts. */
  readonly hash: string
}

/** What was simulated. */
export interface Counts {
  readonly jobYears: number
  readonly runs: number
  readonly skips: number
  readonly facts: number
  readonly boots: number
  readonly answers: number
  readonly deliveries: number
  readonly kills: number
  readonly powerLosses: number
  readonly diskFailures: number
  readonly clockSteps: number
  readonly suspends: number
}

const yearMs = 365.25 * 86_400_000

/** Lives through a script, and holds everything in it against what must hold. */
export const runWorld = async (script: Script): Promise<Outcome> => {
  await loadSqlite()
  const stage = makeStage(script)
  try {
    await play(stage, script.lengthMs)
    await recover(stage)
    await prove(stage)
  } finally {
    stage.process?.kill()
  }
  return outcomeOf(stage)
}

/** Whether a rule was broken, and the world is over. */
const isOver = ({ verdict }: Stage): boolean => verdict.violation() !== undefined

/** Plays until so much time has passed. */
const play = async (stage: Stage, untilMs: number): Promise<void> => {
  let minute = 0
  let turnsCount = 0
  for (;;) {
    turnsCount = minute === minuteOf(stage) ? turnsCount + 1 : 0
    minute = minuteOf(stage)
    stage.verdict.guard(() =>
      mustHold(turnsCount <= turnsPerMinuteMax, "it rests", () => "it keeps waking"),
    )
    await settle(stage)
    if (isOver(stage)) return
    const nextMs = nextOf(stage)
    if (nextMs > untilMs) return
    stage.time.pass(Math.max(0, nextMs - stage.time.elapsedMs()))
    goOn(stage)
  }
}

/** More than this within a minute is a loop that lets no time pass. */
const turnsPerMinuteMax = 20_000

const minuteOf = ({ time }: Stage): number => Math.floor(time.elapsedMs() / 60_000)

/** When something happens next, as time really passes. */
const nextOf = ({ agenda, process, time, comesBackAtMs }: Stage): number => {
  const decisionMs = agenda[0]?.atMs ?? Infinity
  if (process === undefined) return Math.min(decisionMs, comesBackAtMs)
  const wakeMs = time.nextWakeMs()
  return Math.min(decisionMs, wakeMs === undefined ? Infinity : time.elapsedMs() + wakeMs)
}

/** The one thing whose time has come first. */
const goOn = (stage: Stage): void => {
  const { process, time, comesBackAtMs } = stage
  if (isDue(stage)) {
    // What happens at the same instant happens at once.
    while (isDue(stage)) happenNext(stage)
  } else if (process !== undefined) {
    time.wakeOne()
  } else if (comesBackAtMs <= time.elapsedMs()) {
    begin(stage, (log) => checkOpened(log, stage))
  }
}

const isDue = ({ agenda, time }: Stage): boolean =>
  (agenda[0]?.atMs ?? Infinity) <= time.elapsedMs()

const happenNext = (stage: Stage): void => {
  const decision = stage.agenda.shift()
  if (decision !== undefined) happen(stage, decision)
}

/** Lets everything go on that can, until only time can help. */
const settle = async (stage: Stage): Promise<void> => {
  const { process, verdict } = stage
  if (process !== undefined) await drain(stage, process)
  if (isOver(stage)) return
  if (process?.stage() === "gone") bury(stage, process)
  else verdict.guard(() => checkQuiet(stage))
}

/** How many turns opening may take: SQLite in WebAssembly answers with promises. */
const turnsMax = 200

const drain = async ({ verdict, time }: Stage, process: Process): Promise<void> => {
  const drained = (): void =>
    verdict.guard(() =>
      mustHold(process.tasks.drain(), "an end to it", () => "it goes on for ever"),
    )
  drained()
  for (let turn = 0; turn < turnsMax && process.stage() === "opening"; turn += 1) {
    if (time.nextWakeMs() === 0) return
    await Promise.resolve()
    drained()
  }
}

/** Nothing fails any more: after a while everything is done that was to be done. */
const recover = async (stage: Stage): Promise<void> => {
  if (isOver(stage)) return
  const { script, time, trace, verdict } = stage
  trace.note("from here on nothing fails")
  stage.isKind = true
  stage.agenda.length = 0
  stage.again = undefined
  stage.departure = undefined
  await restart(stage)
  await play(stage, time.elapsedMs() + script.settings.pollIntervalMs + 3_600_000)
  if (isOver(stage)) return
  verdict.guard(() => {
    mustHold(stage.process?.stage() === "up", "it recovers", () => "it is not up again")
    const waiting = [...stage.watch.shadow.keys("deliveries")]
    mustHold(waiting.length === 0, "answers arrive", () => `${waiting.join(", ")} did not`)
  })
}

/** Whatever hangs is left behind with the process that waits for it. */
const restart = async (stage: Stage): Promise<void> => {
  stage.process?.kill()
  await settle(stage)
  if (isOver(stage)) return
  begin(stage, (log) => checkOpened(log, stage))
  await settle(stage)
}

/** Everything is checked once more, from nothing. */
const prove = async (stage: Stage): Promise<void> => {
  if (isOver(stage)) return
  stage.process?.stop()
  stage.departure = { ending: { how: "killed" }, downMs: 0 }
  await play(stage, stage.time.elapsedMs() + 120_000)
  if (isOver(stage)) return
  stage.process?.kill()
  await settle(stage)
  let isProved = false
  begin(stage, (log) =>
    Effect.tap(checkWhole(log, stage), () => Effect.sync(() => void (isProved = true))),
  )
  await settle(stage)
  stage.verdict.guard(() => mustHold(isProved, "it opens", () => "the last opening did not end"))
}

const outcomeOf = (stage: Stage): Outcome => {
  const { script, time, watch, outside, verdict, trace } = stage
  const { runs, skips, boots } = watch.counts
  const facts = watch.facts()
  const hash = createHash("sha256")
  for (const { eventId, at, fact } of facts)
    hash.update(`${eventId} ${at} ${JSON.stringify(fact)}\n`)
  return {
    violation: verdict.violation(),
    trace: trace.lines(),
    hash: hash.digest("hex"),
    counts: {
      ...stage.counts,
      jobYears: (script.jobsCount * time.elapsedMs()) / yearMs,
      runs,
      skips,
      boots,
      facts: facts.length,
      answers: outside.counts.answers,
      deliveries: outside.counts.sends,
    },
  }
}
