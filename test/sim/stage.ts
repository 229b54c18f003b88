import type { JobCommand } from "../../machines/command.ts"
import type { Actor } from "../../events/envelope.ts"
import { makeMemoryDisk, type MemoryDisk } from "../../src/log/file/memory-disk.ts"
import { chanceOf } from "./chance.ts"
import { makeOutside, type Outside } from "./outside.ts"
import { planner } from "./ports.ts"
import type { Process } from "./process.ts"
import type { Again, Decision, Ending, Script } from "./script.ts"
import { makeTime, type Time } from "./time.ts"
import { makeTrace, type Trace } from "./trace.ts"
import { makeVerdict, type Verdict } from "./violation.ts"
import { makeWatch, type Watch } from "./watch.ts"

/** How the present process is going to end, and what comes after. */
export interface Departure {
  readonly ending: Ending
  readonly downMs: number
  readonly again?: Again
}

/** A command as it was first given, for those who give it again. */
export interface GivenCommand {
  readonly commandId: string
  readonly command: JobCommand
  readonly by: Actor
}

/** Everything there is in a world. */
export interface Stage {
  readonly script: Script
  readonly time: Time
  readonly trace: Trace
  readonly memory: MemoryDisk
  /** The locks that are held. */
  readonly held: Set<string>
  readonly watch: Watch
  readonly outside: Outside
  readonly verdict: Verdict
  /** What is still to happen, the earliest first. */
  readonly agenda: Array<Decision>
  /** The job that was added in each slot last. */
  readonly slots: Map<number, string>
  readonly given: Map<number, GivenCommand>
  process: Process | undefined
  bootsCount: number
  comesBackAtMs: number
  departure: Departure | undefined
  /** How the next process ends while it opens, if it does. */
  again: Again | undefined
  /** From here on nothing fails any more. */
  isKind: boolean
  /** When it last was that a due job had a reason to wait. */
  disturbedAtMs: number
  readonly counts: {
    kills: number
    powerLosses: number
    diskFailures: number
    clockSteps: number
    suspends: number
  }
}

export const makeStage = (script: Script): Stage => {
  const { seed, settings } = script
  const time = makeTime(script.startAt, chanceOf(seed, "time"), settings.isHasty)
  const trace = makeTrace(time.now)
  return {
    script,
    time,
    trace,
    memory: makeMemoryDisk(),
    held: new Set(),
    watch: makeWatch({ planner, maxConcurrent: settings.maxConcurrent, note: trace.note }),
    outside: makeOutside(),
    verdict: makeVerdict(),
    agenda: [...script.decisions],
    slots: new Map(),
    given: new Map(),
    process: undefined,
    bootsCount: 0,
    comesBackAtMs: 0,
    departure: undefined,
    again: undefined,
    isKind: false,
    disturbedAtMs: 0,
    counts: { kills: 0, powerLosses: 0, diskFailures: 0, clockSteps: 0, suspends: 0 },
  }
}
