import type { Effect } from "effect"
import type { EventLog } from "../../src/log/event-log.ts"
import { chanceOf } from "./chance.ts"
import { startProcess, type Process } from "./process.ts"
import type { Moment } from "./script.ts"
import type { Stage } from "./stage.ts"
import { mustHold } from "./violation.ts"

type Opened = (log: EventLog["Service"]) => Effect.Effect<void, unknown>

/** A process begins; `opened` looks at the log it finds. */
export const begin = (stage: Stage, opened: Opened): Process => {
  const { script, time, memory, held, watch, outside, verdict, trace } = stage
  stage.bootsCount += 1
  stage.disturbedAtMs = time.elapsedMs()
  trace.note(`boot ${stage.bootsCount}`)
  const process = startProcess({
    script,
    time,
    memory,
    held,
    watch,
    outside,
    opened,
    guard: verdict.guard,
    note: trace.note,
    isKind: () => stage.isKind,
    bootsCount: stage.bootsCount,
  })
  stage.process = process
  endAgain(stage, process)
  return process
}

const endAgain = (stage: Stage, process: Process): void => {
  const { again } = stage
  stage.again = undefined
  if (again === undefined) return
  stage.departure = { ending: again.ending, downMs: downMsDefault }
  arm(stage, process, again.moment)
}

/** Sees to it that a process ends at a moment. */
export const arm = (stage: Stage, process: Process, moment: Moment): void => {
  switch (moment.when) {
    case "now":
      return process.kill()
    case "task":
      return process.tasks.interruptAt(moment.count, process.kill)
    case "step":
      stage.trace.note(`${moment.fault} in ${moment.count} steps of the disk`)
      return process.disk.failIn(moment.count, moment.fault)
  }
}

/** How long a process that ended by itself stays away. */
const downMsDefault = 60_000

/** A process is gone: what becomes of the disk, and when the next one comes. */
export const bury = (stage: Stage, process: Process): void => {
  const { departure, time, trace, verdict, counts } = stage
  process.kill()
  stage.process = undefined
  stage.departure = undefined
  const { failure } = process
  if (failure() !== undefined) counts.diskFailures += 1
  verdict.guard(() =>
    mustHold(isExcused(process), "a process ends by itself", () => failure() ?? "no reason"),
  )
  if (departure?.ending.how === "power-lost") loosePower(stage, departure.ending.keeps)
  else if (failure() === undefined) counts.kills += 1
  stage.again = departure?.again
  const downMs = departure?.downMs ?? downMsDefault
  stage.comesBackAtMs = time.elapsedMs() + downMs
  trace.note(`gone for ${downMs} ms`)
}

const isExcused = (process: Process): boolean =>
  process.failure() === undefined || (process.disk.hasFailed() && !process.isBroken())

const loosePower = (stage: Stage, keeps: "nothing" | "some"): void => {
  const { memory, script, bootsCount, counts, trace } = stage
  const random = chanceOf(script.seed, "power", bootsCount).next
  counts.powerLosses += 1
  trace.note(`the power is lost, and ${keeps} of what was not synced stays`)
  memory.restart(keeps === "nothing" ? { keeps } : { keeps, random })
}
