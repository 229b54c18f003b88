import { Result } from "effect"
import type { Refusal } from "../../machines/refusal.ts"
import { Refusal as Refused } from "../../machines/refusal.ts"
import { keys } from "./keys.ts"
import { defaults, readSources, type Found, type Sources } from "./read.ts"

/** Everything a person can set, checked and complete. */
export interface Configuration {
  readonly agent: {
    readonly kind: "echo" | "command"
    readonly argv: ReadonlyArray<string>
    readonly cwd: string | null
    readonly env: Readonly<Record<string, string>>
    readonly model: string | null
    readonly seesAllJobs: boolean
    /** Whether there is an agent `shell` beside it. */
    readonly hasShell: boolean
  }
  readonly channels: {
    readonly cliChat: boolean
    /** The folder of the channel `file`; null: there is no such channel. */
    readonly fileFolder: string | null
  }
  readonly log: { readonly engine: "sql.js" | "native" }
  readonly retention: {
    readonly runsPerJobMax: number | null
    readonly textDaysMax: number | null
  }
  readonly gateway: { readonly host: string; readonly port: number }
  readonly scheduler: {
    readonly enabled: boolean
    readonly pollIntervalMs: number
    readonly maxConcurrent: number
    readonly stopGraceMs: number
    readonly timeZone: string | null
  }
  /** Each key with its value and where it came from, secrets withheld. */
  readonly origins: ReadonlyArray<Origin>
}

export interface Origin {
  readonly key: string
  readonly value: unknown
  readonly from: string
}

/** Reads file, environment and flags into one configuration, or says all that is wrong with them. */
export const configure = (sources: Sources): Result.Result<Configuration, Refusal> =>
  Result.flatMap(readSources(sources), (found) => consistent(assemble(found)))

const assemble = (found: ReadonlyMap<string, Found>): Configuration => {
  // Every key has been checked against its kind, or has its fallback.
  const get = <A>(path: string): A => found.get(path)?.value as A
  return {
    agent: {
      kind: get("agent.kind"),
      argv: get("agent.argv"),
      cwd: get("agent.cwd"),
      env: get("agent.env"),
      model: get("agent.model"),
      seesAllJobs: get("agent.sees_all_jobs"),
      hasShell: get("agent.shell.enabled"),
    },
    channels: {
      cliChat: get("channels.cli_chat.enabled"),
      fileFolder: get("channels.file.folder"),
    },
    log: { engine: get("log.engine") },
    retention: {
      runsPerJobMax: get("retention.runs_per_job_max"),
      textDaysMax: get("retention.text_days_max"),
    },
    gateway: { host: get("gateway.host"), port: get("gateway.port") },
    scheduler: {
      enabled: get("gateway.scheduler.enabled"),
      pollIntervalMs: get<number>("gateway.scheduler.poll_interval_secs") * 1000,
      maxConcurrent: get("gateway.scheduler.max_concurrent"),
      stopGraceMs: get<number>("gateway.scheduler.stop_grace_secs") * 1000,
      timeZone: get("gateway.scheduler.time_zone"),
    },
    origins: keys.map((key) => origin(key, found)),
  }
}

const origin = (
  { path, secret }: { readonly path: string; readonly secret?: true },
  found: ReadonlyMap<string, Found>,
): Origin => {
  const { value, from } = found.get(path) ?? { value: null, from: "default" }
  return { key: path, value: secret && from !== "default" ? "[secret]" : value, from }
}

/** What no single key can tell: a command agent needs a command. */
const consistent = (configuration: Configuration): Result.Result<Configuration, Refusal> => {
  const { kind, argv } = configuration.agent
  if (kind !== "command" || argv.length > 0) return Result.succeed(configuration)
  return Result.fail(
    new Refused({
      code: "invalid-input",
      message:
        'The configuration cannot be used: agent.kind is "command", but agent.argv is empty.',
      received: argv,
      expected: "the program and its arguments",
      hint: 'Set argv = ["my-agent", "--print"] in [agent].',
    }),
  )
}

/** What holds when nothing is configured. */
export const defaultConfiguration: Configuration = assemble(defaults)
