import { Context } from "effect"

/** What the engine is told about the world it runs in; filled by configuration, flags or a caller. */
export class Settings extends Context.Service<
  Settings,
  {
    /** The release, as recorded with every fact. */
    readonly app: string
    /** `croner@<version> tzdata@<version>`. */
    readonly planner: string
    /** Names this machine in runs. */
    readonly node: string
    /** The zone for schedules that name none. */
    readonly zone: string
    readonly zoneFrom: "configuration" | "host"
    /** False: no clock; commands are taken and tables are there, but nothing fires. */
    readonly schedulerEnabled: boolean
    readonly maxConcurrent: number
    readonly pollIntervalMs: number
    /** How long open runs get at a graceful stop. */
    readonly stopGraceMs: number
    /** Whether agents see and change the jobs of every chat. */
    readonly agentsSeeAll: boolean
    /** Rows of runs kept per job, and days until texts of runs are erased; null: for ever. */
    readonly retention: {
      readonly runsPerJobMax: number | null
      readonly textDaysMax: number | null
    }
  }
>()("horolog/Settings") {}
