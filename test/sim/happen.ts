import { Cause, Effect, Exit, Layer, Result } from "effect"
import { Refusal } from "../../machines/refusal.ts"
import { Engine } from "../../src/engine/engine.ts"
import type { LogFailed } from "../../src/log/event-log.ts"
import { Disk } from "../../src/log/file/disk.ts"
import { FileLog, layer as fileLogLayer } from "../../src/log/file/file.ts"
import { Random } from "../../src/random.ts"
import { Views } from "../../src/views/views.ts"
import { actorOf, commandOf, jobIdOf, type Given } from "./commands.ts"
import { makeSimDisk } from "./disk.ts"
import { arm } from "./life.ts"
import { folder, type Process } from "./process.ts"
import type { Decision, Happening } from "./script.ts"
import type { GivenCommand, Stage } from "./stage.ts"
import { mustHold } from "./violation.ts"

/** Something happens to the world. */
export const happen = (stage: Stage, decision: Decision): void => {
  const { happening } = decision
  stage.trace.note(`decision ${decision.id}: ${JSON.stringify(happening)}`)
  if (happening.type === "step") return step(stage, happening.byMs)
  if (happening.type === "suspend") return suspend(stage, happening.forMs)
  const { process } = stage
  if (process?.stage() === "up") happenTo(stage, process, decision)
}

const step = (stage: Stage, byMs: number): void => {
  stage.time.step(byMs)
  noticeable(stage, byMs)
  stage.counts.clockSteps += 1
  stage.disturbedAtMs = stage.time.elapsedMs()
}

const suspend = (stage: Stage, forMs: number): void => {
  stage.time.suspend(forMs)
  noticeable(stage, forMs)
  stage.counts.suspends += 1
  stage.disturbedAtMs = stage.time.elapsedMs()
}

/** Whoever is up can notice it; whoever comes later begins with the time there is. */
const noticeable = ({ watch, time, process }: Stage, byMs: number): void => {
  if (process !== undefined) watch.jumped(byMs, time.now())
}

const happenTo = (stage: Stage, process: Process, decision: Decision): void => {
  const { happening } = decision
  switch (happening.type) {
    case "command":
      return giveCommand(stage, process, decision)
    case "misuse":
      return misuse(stage, process, happening.slot)
    case "cancel":
      return cancel(stage, process, happening.slot)
    case "read":
      return read(stage, process)
    case "checkpoint":
      return process.run(
        FileLog.use(({ checkpoint }) => checkpoint),
        () => undefined,
      )
    case "crowd":
      return crowd(stage, process, decision.id)
    case "toggle":
      return toggle(stage, process, decision.id)
    case "pause-all":
      return clock(stage, process, { id: decision.id, type: "pause-clock" })
    case "resume-all":
      return clock(stage, process, { id: decision.id, type: "resume-clock" })
    case "intrude":
      return intrude(stage, process)
    case "stop":
      stage.departure = { ending: { how: "killed" }, downMs: happening.downMs }
      return process.stop()
    case "end":
      return endBy(stage, process, happening)
    default:
      return undefined
  }
}

const endBy = (
  stage: Stage,
  process: Process,
  { ending, moment, downMs, again }: Extract<Happening, { readonly type: "end" }>,
): void => {
  const isEnding = stage.departure !== undefined
  stage.departure = { ending, downMs, ...(again !== undefined && { again }) }
  arm(stage, process, isEnding ? { when: "now" } : moment)
}

const giveCommand = (stage: Stage, process: Process, decision: Decision): void => {
  const { happening, id } = decision
  if (happening.type !== "command") return
  const given = stage.given.get(id) ?? firstTime(stage, decision, happening)
  if (given === undefined) return
  give(stage, process, given)
  if (happening.repeatMs === undefined) return
  const { repeatMs: _once, ...once } = happening
  later(stage, { id, atMs: stage.time.elapsedMs() + happening.repeatMs, happening: once })
}

const later = ({ agenda }: Stage, decision: Decision): void => {
  const at = agenda.findIndex(({ atMs }) => atMs > decision.atMs)
  agenda.splice(at === -1 ? agenda.length : at, 0, decision)
}

const firstTime = (
  stage: Stage,
  { id }: Decision,
  { command, by }: Extract<Happening, { readonly type: "command" }>,
): GivenCommand | undefined => {
  const jobId = stage.slots.get(command.slot)
  const openRunId = openRunOf(stage, jobId)
  const asked: Given = { decisionId: id, now: stage.time.now(), jobId, openRunId }
  const real = commandOf(command, asked)
  if (real === undefined) return undefined
  if (command.type === "add") stage.slots.set(command.slot, jobIdOf(id))
  const given = { commandId: `asked-${id}`, command: real, by: actorOf(by, asked) }
  stage.given.set(id, given)
  return given
}

const openRunOf = ({ watch }: Stage, jobId: string | undefined): string | undefined =>
  jobId === undefined ? undefined : Object.keys(watch.state(jobId).context.openRuns)[0]

/** What came of asking, once it is told. */
type Told<A> = Exit.Exit<A, Refusal | LogFailed>

const dispatch = ({ commandId, command, by }: GivenCommand, body: unknown) =>
  Engine.use((engine) =>
    engine.dispatch({
      commandId,
      command,
      by,
      body,
      answer: ({ jobId, facts }) => ({ jobId, facts: facts.map(({ type }) => type) }),
    }),
  )

const give = (stage: Stage, process: Process, given: GivenCommand): void => {
  const { outside, verdict, trace } = stage
  const { commandId } = given
  process.run(dispatch(given, given.command), (exit) => {
    const result = resultOf(exit)
    trace.note(`${commandId} (${given.command.type}): ${result?.text ?? "no answer"}`)
    if (result === undefined) return verdict.guard(() => mustFailOpenly(exit))
    verdict.guard(() =>
      outside.tell({ commandId, result: result.text, factsCount: result.factsCount }),
    )
  })
}

/** Without an answer there is a failure of the log, and nothing else. */
const mustFailOpenly = (exit: Told<unknown>): void =>
  mustHold(Exit.isSuccess(exit) || !Cause.hasDies(exit.cause), "no command breaks", () =>
    Exit.isFailure(exit) ? Cause.pretty(exit.cause) : "",
  )

const resultOf = (exit: Told<{ readonly facts: ReadonlyArray<string> }>) => {
  if (Exit.isSuccess(exit)) {
    const text = JSON.stringify({ answer: exit.value })
    return { text, factsCount: exit.value.facts.length }
  }
  const refusal = refusalIn(exit.cause)
  return refusal && { text: JSON.stringify({ refused: refusal }), factsCount: 0 }
}

const refusalIn = (cause: Cause.Cause<Refusal | LogFailed>): Refusal | undefined => {
  const error = Result.getOrUndefined(Cause.findError(cause))
  return error instanceof Refusal ? error : undefined
}

/** The id of a command that was answered is used for another one: that must be refused. */
const misuse = (stage: Stage, process: Process, slot: number): void => {
  const jobId = stage.slots.get(slot)
  const given = [...stage.given.values()].find(({ command }) => command.jobId === jobId)
  if (given === undefined || !stage.outside.told().has(given.commandId)) return
  process.run(dispatch(given, "something else"), (exit) => {
    if (Exit.isFailure(exit) && refusalIn(exit.cause) === undefined) return
    const code = Exit.isFailure(exit) ? refusalIn(exit.cause)?.code : "accepted"
    stage.verdict.guard(() =>
      mustHold(
        code === "invalid-input",
        "one id, one command",
        () => `${given.commandId}: ${code}`,
      ),
    )
  })
}

const cancel = (stage: Stage, process: Process, slot: number): void => {
  const runId = openRunOf(stage, stage.slots.get(slot))
  if (runId === undefined) return
  process.run(
    Engine.use((engine) => engine.cancel(runId, "enough")),
    (exit) => {
      if (Exit.isSuccess(exit)) stage.outside.ended(runId)
    },
  )
}

const crowd = (stage: Stage, process: Process, id: number): void => {
  for (const [slot, jobId] of stage.slots) {
    const runId = `run_in_crowd_${id}_${slot}`
    const by = { kind: "user", id: "ada" } as const
    give(stage, process, {
      commandId: `asked-${id}-${slot}`,
      command: { type: "run-job", jobId, runId },
      by,
    })
  }
}

const toggle = (stage: Stage, process: Process, id: number): void => {
  const by = { kind: "user", id: "ada" } as const
  for (const [slot, jobId] of stage.slots) {
    for (const type of ["disable-job", "enable-job"] as const) {
      give(stage, process, {
        commandId: `asked-${id}-${slot}-${type}`,
        command: { type, jobId },
        by,
      })
    }
  }
}

const clock = (
  stage: Stage,
  process: Process,
  { id, type }: { readonly id: number; readonly type: "pause-clock" | "resume-clock" },
): void => {
  const commandId = `asked-${id}`
  const by = { kind: "user", id: "ada" } as const
  const answer = ({ changed }: { readonly changed: boolean }) => ({ changed })
  process.run(
    Engine.use((engine) => engine.clock({ commandId, command: { type }, by, body: type, answer })),
    (exit) => {
      if (Exit.isFailure(exit)) return stage.verdict.guard(() => mustFailOpenly(exit))
      const result = JSON.stringify({ answer: exit.value })
      stage.verdict.guard(() =>
        stage.outside.tell({ commandId, result, factsCount: exit.value.changed ? 1 : 0 }),
      )
    },
  )
}

/** Somebody looks at all jobs, and the heads are held against what was seen of the log. */
const read = (stage: Stage, process: Process): void => {
  process.run(
    Views.use((views) => views.jobs({ limit: 100 })),
    (exit) => {
      if (Exit.isFailure(exit)) return
      for (const { id, version } of exit.value.rows) stage.outside.read(id, version)
    },
  )
}

/** A second process must not get past the lock: it changes nothing, and is told why. */
const intrude = ({ memory, held, outside, verdict }: Stage, process: Process): void => {
  const intruder = { die: () => undefined, isDead: () => false }
  const { disk, stepsCount } = makeSimDisk(memory, intruder, held)
  const ports = Layer.merge(Layer.succeed(Disk, disk), Random.layer)
  const opening = Layer.build(fileLogLayer({ folder, engine: "sql.js" })).pipe(
    Effect.provide(ports),
    Effect.scoped,
    Effect.flip,
  )
  process.run(opening, (exit) => {
    const reason = Exit.isSuccess(exit) ? exit.value.reason : "it was let in"
    verdict.guard(() => mustHold(reason === "held", "one holder", () => reason))
  })
  outside.expect("one holder", "it changed the disk", () => stepsCount() === 0)
}
