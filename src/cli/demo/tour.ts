import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { Effect, type Scope } from "effect"
import type { Recorded } from "../../../events/envelope.ts"
import type { Refusal } from "../../../machines/refusal.ts"
import type { JobAnswer } from "../../operations/job-answer.ts"
import type { LogAnswer } from "../../operations/log.ts"
import type { RunsAnswer } from "../../operations/runs.ts"
import type { Desk } from "../../serve/desk.ts"
import type { ReplayAnswer } from "../../serve/upkeep/replay.ts"
import type { VerifyAnswer } from "../../serve/upkeep/verify.ts"
import { factLine } from "../render/facts.ts"
import { ask } from "../verb.ts"
import { startServer } from "./server.ts"
import { makeStage } from "./stage.ts"
import { check, until } from "./watch.ts"

/** What a tour needs of whoever gives it. */
export interface Guide {
  readonly say: (sentence: string) => Effect.Effect<void>
  readonly deskOn: (folder: string) => Effect.Effect<Desk["Service"], Refusal, Scope.Scope>
}

/** What really happened, counted. */
export interface TourReport {
  readonly folder: string
  readonly facts: number
  readonly runs: number
  readonly interrupted: number
  readonly hash: string
}

/**
 * Jobs are added, fire and deliver; the scheduler is killed in the middle of a run and started again;
 * then the log tells it all. Every sentence is checked before it is said.
 */
export const tour = (guide: Guide) => Effect.scoped(tourOf(guide))

const tourOf = Effect.fnUntraced(function* (guide: Guide) {
  const { folder, answers } = makeStage()
  yield* guide.say(`A fresh data folder: ${folder}`)
  const { report, killedAt } = yield* firstLife({ guide, folder, answers })
  yield* secondLife({ guide, folder, answers }, report)
  return yield* afterwards({ guide, folder, answers }, report, killedAt)
})

interface Scene {
  readonly guide: Guide
  readonly folder: string
  readonly answers: string
}

const firstLife = Effect.fnUntraced(function* ({ guide, folder, answers }: Scene) {
  const server = yield* startServer(folder)
  yield* guide.say(`A scheduler serves it: process ${server.pid}, ${server.address}.`)
  return yield* Effect.scoped(
    Effect.gen(function* () {
      const desk = yield* guide.deskOn(folder)
      yield* check("the server answers for the folder", desk.served, desk.served)
      const greeting = yield* addJob(desk, { prompt: "Good morning?", in: "1s", name: "greeting" })
      const pulse = yield* addJob(desk, { prompt: "Still there?", every: "2s", name: "pulse" })
      const report = yield* addJob(desk, { prompt: "Sum it up, slowly", in: "2s", name: "report" })
      for (const { name, schedule } of [greeting, pulse, report]) {
        yield* guide.say(`Added the job "${name}": ${schedule}.`)
      }
      yield* until(desk, "the greeting is delivered", isOf(greeting.job_id, "delivery.succeeded"))
      const text = readAnswers(answers)
      yield* check("the answer is in the file", text.includes("You asked: Good morning?"), text)
      yield* guide.say('"greeting" came due, the agent answered, and the answer was delivered.')
      const started = yield* until(desk, "the report starts", isOf(report.job_id, "run.started"))
      yield* Effect.sleep("400 millis")
      const code = yield* server.end("SIGKILL")
      yield* check("the scheduler is dead", code === null, code)
      yield* guide.say('"report" takes its time. In the middle of its run: SIGKILL. No goodbye.')
      return { report: report.job_id, killedAt: started.position }
    }),
  )
})

const secondLife = Effect.fnUntraced(function* ({ guide, folder, answers }: Scene, report: string) {
  const server = yield* startServer(folder)
  yield* guide.say(`Started again: process ${server.pid}. It reads the log and finds the open run.`)
  yield* Effect.scoped(
    Effect.gen(function* () {
      const desk = yield* guide.deskOn(folder)
      yield* until(desk, "the lost run is closed", isOf(report, "run.interrupted"))
      yield* guide.say("The run that was lost is recorded as interrupted, and tried again.")
      yield* until(desk, "the report is delivered", isOf(report, "delivery.succeeded"))
    }),
  )
  const sent = readAnswers(answers).split("You asked: Sum it up, slowly").length - 1
  yield* check("the report is delivered exactly once", sent === 1, sent)
  yield* guide.say("The second attempt succeeded; its answer was delivered, once.")
  const code = yield* server.end("SIGTERM")
  yield* check("the scheduler stops cleanly", code === 0, code)
  yield* guide.say("Asked to stop, it ended its runs, closed the log, and left with 0.")
})

const afterwards = Effect.fnUntraced(function* (
  { guide, folder }: Scene,
  report: string,
  killedAt: number,
) {
  return yield* Effect.scoped(
    Effect.gen(function* () {
      const desk = yield* guide.deskOn(folder)
      const { facts } = yield* ask<LogAnswer>(desk, "log", { job_id: report })
      yield* guide.say("What the log tells of it:")
      yield* guide.say(facts.map(factLine).join("\n"))
      const then = yield* ask<ReplayAnswer>(desk, "replay", { to: killedAt, job_id: report })
      const state = then.states[0]?.state
      yield* check("the job is running in the replay of that moment", state === "running", then)
      yield* guide.say(
        `Replayed to position ${killedAt}, the last moment before the kill: "report" is ${state}.`,
      )
      const { runs } = yield* ask<RunsAnswer>(desk, "runs", { job_id: report })
      const outcomes = runs.map(({ status }) => status).toSorted()
      yield* check(
        "one interrupted and one good run",
        outcomes.join() === "interrupted,ok",
        outcomes,
      )
      const verified = yield* ask<VerifyAnswer>(desk, "verify", {})
      yield* check("verification is green", verified.ok, verified.problems)
      yield* guide.say(
        `Verified: ${verified.head} facts in one unbroken chain, and tables equal to what they add up to.`,
      )
      const interrupted = outcomes.filter((status) => status === "interrupted").length
      const { runs: all } = yield* ask<RunsAnswer>(desk, "runs", { limit: 100 })
      return reportOf(folder, verified, { runs: all.length, interrupted })
    }),
  )
})

const reportOf = (
  folder: string,
  { head, hash }: VerifyAnswer,
  counts: Pick<TourReport, "runs" | "interrupted">,
): TourReport => ({ folder, facts: head, hash, ...counts })

const addJob = (desk: Desk["Service"], input: Readonly<Record<string, string>>) =>
  ask<JobAnswer>(desk, "add", { ...input, channel: "file", chat_id: "answers" })

const isOf =
  (jobId: string, type: string) =>
  ({ stream, fact }: Recorded): boolean =>
    fact.type === type &&
    (stream === `job-${jobId}` || (fact as { readonly jobId?: string }).jobId === jobId)

const readAnswers = (folder: string): string => {
  const file = join(folder, "answers.txt")
  return existsSync(file) ? readFileSync(file, "utf8") : ""
}
