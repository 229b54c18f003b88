import type { StepFault } from "./disk.ts"
import type { ScriptPolicy } from "./policies.ts"

/** A schedule in a script; times count from the moment the command is given. */
export type ScriptSchedule =
  | { readonly cron: string; readonly tz: string }
  | { readonly everyMs: number; readonly anchoredMs?: number }
  | { readonly inMs: number }
  | { readonly atMs: number }

/** A command in a script. `slot` stands for the job that was added there last. */
export type ScriptCommand =
  | {
      readonly type: "add"
      readonly slot: number
      readonly schedule: ScriptSchedule
      readonly policy: ScriptPolicy
      readonly channel: string
      readonly key?: string
      readonly deleteAfterRun: boolean
      readonly enabled: boolean
    }
  | {
      readonly type: "update"
      readonly slot: number
      readonly schedule?: ScriptSchedule
      readonly policy?: ScriptPolicy
      readonly name?: string
      readonly channel?: string
    }
  | { readonly type: "pause"; readonly slot: number; readonly forMs?: number }
  | { readonly type: "enable" | "disable" | "remove" | "run" | "resume"; readonly slot: number }

/** Who asks: a person, an agent in the chat of the job, one in another chat, or one inside a run. */
export type ScriptActor = "user" | "agent" | "stranger" | "inside"

/** How a process ends, when it does not end by itself. */
export type Ending =
  /** The process is killed; the machine and what it has written go on. */
  | { readonly how: "killed" }
  /** The machine loses power: what was not synced is uncertain. */
  | { readonly how: "power-lost"; readonly keeps: "nothing" | "some" }

/** Where in what it does a process ends. */
export type Moment =
  | { readonly when: "now" }
  | { readonly when: "task"; readonly count: number }
  | { readonly when: "step"; readonly count: number; readonly fault: StepFault }

/** How a process ends that has hardly begun. */
export interface Again {
  readonly ending: Ending
  readonly moment: Moment
}

/** Something that happens to the scheduler from outside. */
export type Happening =
  | {
      readonly type: "command"
      readonly command: ScriptCommand
      readonly by: ScriptActor
      /** Given once more under the same id, so long after. */
      readonly repeatMs?: number
    }
  /** The same id for something else. */
  | { readonly type: "misuse"; readonly slot: number }
  | { readonly type: "cancel"; readonly slot: number }
  /** Every job is to run, all at once. */
  | { readonly type: "crowd" }
  /** Every job is disabled and enabled. */
  | { readonly type: "toggle" }
  | { readonly type: "pause-all" | "resume-all" }
  | { readonly type: "read" }
  | { readonly type: "checkpoint" }
  /** Another process tries to open the same folder. */
  | { readonly type: "intrude" }
  | { readonly type: "step"; readonly byMs: number }
  | { readonly type: "suspend"; readonly forMs: number }
  | { readonly type: "stop"; readonly downMs: number }
  | {
      readonly type: "end"
      readonly ending: Ending
      readonly moment: Moment
      readonly downMs: number
      /** Ends once more while it opens again. */
      readonly again?: Again
    }

/** One entry of a script: what happens, and when as time really passes. */
export interface Decision {
  /** Its name, for what it does by chance. */
  readonly id: number
  readonly atMs: number
  readonly happening: Happening
}

/** Everything a world is made of. The same script, the same world. */
export interface Script {
  readonly seed: number
  readonly profile: string
  readonly startAt: number
  readonly lengthMs: number
  readonly jobsCount: number
  readonly settings: {
    readonly maxConcurrent: number
    readonly pollIntervalMs: number
    readonly stopGraceMs: number
    readonly checkpointBytes: number
    readonly runsPerJobMax: number | null
    readonly textDaysMax: number | null
    readonly shuffles: boolean
    readonly opsMax: number
    readonly isHasty: boolean
    /** Whether agents mostly find nothing to say, so that nothing is to be sent. */
    readonly isTerse: boolean
  }
  readonly decisions: ReadonlyArray<Decision>
}
