import { Cause, Context, Deferred, Effect, Layer } from "effect"
import type { Actor } from "../../events/envelope.ts"
import type { FactOf } from "../../events/fact.ts"
import type { JobId, RunId } from "../../events/ids.ts"
import { runStream } from "../../events/stream.ts"
import type { EpochMs } from "../../events/time.ts"
import type { JobCommand, RunOutcome } from "../../machines/command.ts"
import type { Refusal } from "../../machines/refusal.ts"
import type { JobDefinition } from "../../events/job.ts"
import type { LogFailed } from "../log/event-log.ts"
import { Agents, type Agent, type AgentProcess, type AgentRequest } from "../run/agent.ts"
import { Engine } from "./engine.ts"
import { Heads } from "./heads.ts"
import { OpenRuns, type OpenRunHandle } from "./open-runs.ts"
import { Recorder } from "./recorder.ts"

type Started = FactOf<"run.started">

/** Carries out what `run.started` promises, and brings the outcome back as a command. */
export class Runner extends Context.Service<
  Runner,
  {
    /** Runs until the outcome is recorded. The fact must be durable. */
    readonly carryOut: (jobId: JobId, started: Started) => Effect.Effect<void, LogFailed>
    /** Ends the runs whose deadline has come. */
    readonly expire: (now: EpochMs) => Effect.Effect<void>
    /** Ends every open run without an outcome, and waits until that is recorded. */
    readonly interruptAll: Effect.Effect<void>
  }
>()("horolog/engine/Runner") {
  static readonly layer = Layer.effect(
    Runner,
    Effect.gen(function* () {
      const runs = yield* OpenRuns
      const settle = yield* makeSettle
      const ask = yield* makeAsk

      const close = Effect.fnUntraced(function* (
        { jobId, runId, endedBy }: OpenRunHandle,
        outcome: RunOutcome | "interrupted",
      ) {
        yield* orDieOnRefusal(
          outcome === "interrupted"
            ? settle({ type: "interrupt-run", jobId, runId, reason: "shutdown" })
            : settle({ type: "settle-run", jobId, runId, outcome }, { by: endedBy }),
        )
      })

      const carryOut = Effect.fnUntraced(function* (jobId: JobId, started: Started) {
        const run = runs.get(started.runId)
        if (run === undefined) return yield* Effect.die(`The run ${started.runId} holds no slot.`)
        const asked = Effect.raceFirst(ask(jobId, started), Deferred.await(run.ended))
        // A run that was cancelled before its start was durable never asks.
        const isEnded = yield* Deferred.isDone(run.ended)
        yield* (isEnded ? Deferred.await(run.ended) : asked).pipe(
          Effect.flatMap((outcome) => close(run, outcome)),
          Effect.ensuring(Effect.sync(() => runs.close(run.runId))),
        )
      })

      const expire = (now: EpochMs) =>
        Effect.forEach(
          runs.all().filter(({ deadlineAt }) => deadlineAt <= now),
          ({ ended }) => Deferred.succeed(ended, { type: "timed-out" } as const),
          { discard: true },
        )

      const interruptAll = Effect.suspend(() =>
        Effect.forEach(
          runs.all(),
          ({ ended, settled }) =>
            Deferred.succeed(ended, "interrupted").pipe(Effect.andThen(Deferred.await(settled))),
          { discard: true, concurrency: "unbounded" },
        ),
      )

      return Runner.of({ carryOut, expire, interruptAll })
    }),
  )
}

/** Brings what became of a run back as a command. */
const makeSettle = Effect.gen(function* () {
  const engine = yield* Engine
  return (
    command: JobCommand & { readonly runId: RunId },
    { word = command.type, by }: { readonly word?: string; readonly by?: Actor | undefined } = {},
  ) =>
    engine.dispatch({
      command,
      commandId: `${word}/${command.runId}`,
      // Whoever cancelled a run ends it, with the rights it was cancelled by, through its runner.
      by: by === undefined ? { kind: "runner", id: command.runId } : asRunner(by),
      body: null,
      answer: () => null,
      correlationId: command.runId,
    })
})

const asRunner = ({ kind, id }: Actor): Actor => ({ kind: "runner", id: `for ${kind} ${id}` })

/** Asks the job's agent, and turns whatever it does into an outcome. */
const makeAsk = Effect.gen(function* () {
  const settle = yield* makeSettle
  const heads = yield* Heads
  const agents = yield* Agents
  const record = yield* Recorder

  const spawned = (jobId: JobId, runId: RunId) => (process: AgentProcess) =>
    record({
      commandId: `spawned/${runId}`,
      name: "record-process",
      stream: runStream(runId),
      fact: {
        type: "run.spawned",
        jobId,
        pid: process.pid,
        processStartedAt: process.startedAt,
      },
    }).pipe(Effect.orDie, Effect.asVoid)

  const answeredLate = (jobId: JobId, runId: RunId) => (outcome: RunOutcome) =>
    settle({ type: "settle-run", jobId, runId, outcome }, { word: "answer-late" }).pipe(
      Effect.catchTag("Refusal", ({ message }) =>
        Effect.logWarning(`A late answer of ${runId} could not be recorded: ${message}`),
      ),
      Effect.orDie,
      Effect.asVoid,
    )

  return Effect.fnUntraced(
    function* (jobId: JobId, started: Started) {
      const { state } = yield* heads.get(jobId)
      const { definition } = state.context
      const agent = agents.pick(definition.policy.agent)
      if (agent === undefined) return unknownAgent(definition.policy.agent, agents.names)
      return yield* outcomeOf(agent, requestOf(jobId, definition, started), {
        spawned: spawned(jobId, started.runId),
        answeredLate: answeredLate(jobId, started.runId),
      })
    },
    Effect.catchTag("UnreadableFact", Effect.die),
  )
})

/** The runner's own commands are always in order; a refusal is a fault of ours. */
const orDieOnRefusal = <A>(effect: Effect.Effect<A, Refusal | LogFailed>) =>
  Effect.catchTag(effect, "Refusal", Effect.die)

const requestOf = (jobId: JobId, definition: JobDefinition, started: Started): AgentRequest => ({
  jobId,
  jobName: definition.name,
  runId: started.runId,
  prompt: definition.prompt,
  model: definition.model,
  channel: definition.channel,
  chatId: definition.chatId,
  dueAt: started.dueAt,
  attempt: started.attempt,
  trigger: started.trigger,
  deadlineAt: started.deadlineAt,
})

const outcomeOf = (
  agent: Agent,
  request: AgentRequest,
  hooks: Parameters<Agent["run"]>[1],
): Effect.Effect<RunOutcome> =>
  agent.run(request, hooks).pipe(
    Effect.map(({ text, usage }): RunOutcome => ({
      type: "succeeded",
      text,
      ...(usage !== undefined && { usage }),
    })),
    Effect.catchTag("AgentFailed", ({ name, message, class: errorClass, retryAt }) =>
      Effect.succeed<RunOutcome>({
        type: "failed",
        error: { name, message, class: errorClass },
        ...(retryAt !== undefined && { retryAt }),
      }),
    ),
    Effect.catchDefect((defect) => Effect.succeed(broken(agent.name, defect))),
  )

const broken = (agent: string, defect: unknown): RunOutcome => ({
  type: "failed",
  error: {
    name: "AgentDefect",
    message: `The agent ${agent} broke: ${Cause.pretty(Cause.die(defect))}`,
    class: "fatal",
  },
})

const unknownAgent = (name: string | undefined, names: ReadonlyArray<string>): RunOutcome => ({
  type: "failed",
  error: {
    name: "UnknownAgent",
    message: `The job names the agent ${name ?? "default"}, and there is none of that name; there are: ${names.join(", ")}.`,
    class: "fatal",
  },
})
