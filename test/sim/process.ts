import { Cause, Context, Effect, Exit, Fiber, Layer, Logger, Scope, Stream } from "effect"
import initSqlJs, { type Database } from "sql.js"
import { Clock } from "../../src/clock/clock.ts"
import { Boot } from "../../src/engine/boot.ts"
import { type Engine } from "../../src/engine/engine.ts"
import * as EngineLive from "../../src/engine/live.ts"
import { Scheduler } from "../../src/engine/scheduler.ts"
import { EventLog } from "../../src/log/event-log.ts"
import { Disk } from "../../src/log/file/disk.ts"
import { type FileLog, layer as fileLogLayer } from "../../src/log/file/file.ts"
import type { MemoryDisk } from "../../src/log/file/memory-disk.ts"
import { Views } from "../../src/views/views.ts"
import { chanceOf } from "./chance.ts"
import { makeSimDisk, type SimDisk } from "./disk.ts"
import { portsOf, type PortsOptions } from "./ports.ts"
import { makeTasks, type Tasks } from "./tasks.ts"
import { Violation } from "./violation.ts"
import type { Watch } from "./watch.ts"

/** The services of a process that is up. */
export type Services = Context.Context<Boot | Engine | Scheduler | EventLog | FileLog | Views>

export interface ProcessOptions extends Omit<PortsOptions, "isDead"> {
  readonly memory: MemoryDisk
  readonly held: Set<string>
  readonly watch: Watch
  /** Looks at the log as it was found, before anything is done with it. */
  readonly opened: (log: EventLog["Service"]) => Effect.Effect<void, unknown>
  readonly note: (line: string) => void
}

/** One life of the scheduler, from its opening until it ends, one way or another. */
export interface Process {
  readonly tasks: Tasks
  readonly disk: SimDisk
  /** Where it is in its life. */
  readonly stage: () => "opening" | "up" | "leaving" | "gone"
  readonly services: () => Services | undefined
  /** Runs an effect in it; what comes of it is not told when the process is gone by then. */
  readonly run: <A, E>(
    effect: Effect.Effect<A, E, Engine | EventLog | FileLog | Views>,
    told: (exit: Exit.Exit<A, E>) => void,
  ) => void
  /** It is gone from one moment to the next. */
  readonly kill: () => void
  /** It is asked to stop. */
  readonly stop: () => void
  /** Why it ended by itself, if it did. */
  readonly failure: () => string | undefined
  /** Whether that was a fault of ours. */
  readonly isBroken: () => boolean
  readonly bootId: () => string | undefined
}

export const startProcess = (options: ProcessOptions): Process => {
  const { script, bootsCount, memory, held, time, watch, note, guard } = options
  const { shuffles, opsMax } = script.settings
  const chance = chanceOf(script.seed, "tasks", bootsCount)
  const tasks = makeTasks({ chance, shuffles, opsMax })
  let stage: ReturnType<Process["stage"]> = "opening"
  let services: Services | undefined
  let failure: string | undefined
  let broken = false
  const scope = Scope.makeUnsafe()
  const isDead = () => stage === "gone"

  const end = (): void => {
    if (stage === "gone") return
    stage = "gone"
    tasks.stop()
    time.forget()
    disk.release()
  }
  const disk = makeSimDisk(memory, { die: end, isDead }, held)
  const context = Context.make(Logger.CurrentLoggers, new Set([loggerOf(note)]))
  const fork = <A, E>(effect: Effect.Effect<A, E>) =>
    Effect.runForkWith(context)(effect, { scheduler: tasks.scheduler })

  const leave = Effect.suspend(() => {
    stage = "leaving"
    return Scope.close(scope, Exit.void)
  })
  const life = Effect.gen(function* () {
    const built = yield* Layer.buildWithScope(layerOf(options, disk, isDead), scope)
    const log = Context.get(built, EventLog)
    yield* options.opened(log)
    yield* Effect.forkIn(followed(log, watch, guard), scope)
    yield* Scope.provide(Context.get(built, Scheduler).start({ clock: true }), scope)
    services = built
    stage = "up"
    yield* Context.get(built, Scheduler).failure
  })
  const main = fork(
    Effect.onExit(life, (exit) => {
      if (Exit.isFailure(exit) && !Cause.hasInterruptsOnly(exit.cause)) {
        guard(() => rethrow(exit.cause))
        failure = Cause.pretty(exit.cause)
        broken = Cause.hasDies(exit.cause)
        note(`the process ends: ${failure}`)
      }
      return leave
    }),
  )
  main.addObserver(end)

  return {
    tasks,
    disk,
    stage: () => stage,
    services: () => services,
    run: (effect, told) => {
      if (services === undefined || isDead()) return
      fork(Effect.provide(effect, services)).addObserver((exit) => {
        if (!isDead()) told(exit)
      })
    },
    kill: () => {
      end()
      closeDatabases()
    },
    stop: () => {
      fork(Effect.asVoid(Fiber.interrupt(main)))
    },
    failure: () => failure,
    isBroken: () => broken,
    bootId: () => services && Context.get(services, Boot).bootId,
  }
}

/** Where the log of every world is. */
export const folder = "/horolog"

const layerOf = (options: ProcessOptions, disk: SimDisk, isDead: () => boolean) => {
  const log = fileLogLayer({
    folder,
    engine: "sql.js",
    checkpointBytes: options.script.settings.checkpointBytes,
  })
  return Layer.mergeAll(EngineLive.layer, Views.layer).pipe(
    Layer.provideMerge(log),
    Layer.provide(
      Layer.mergeAll(
        portsOf({ ...options, isDead }),
        Layer.succeed(Clock, Clock.of(options.time.clock)),
        Layer.succeed(Disk, disk.disk),
      ),
    ),
  )
}

/** A rule that was broken is not a reason to end. */
const rethrow = (cause: Cause.Cause<unknown>): void => {
  const thrown = Cause.squash(cause)
  if (thrown instanceof Violation) throw thrown
}

/** Somebody who follows the log from outside, from where they had come to before. */
const followed = (log: EventLog["Service"], watch: Watch, guard: ProcessOptions["guard"]) =>
  Effect.suspend(() =>
    log.subscribe(watch.position()).pipe(
      Stream.runForEach((recorded) => Effect.sync(() => guard(() => watch.see(recorded)))),
      Effect.ignore,
    ),
  )

const loggerOf = (note: (line: string) => void) =>
  Logger.make(({ logLevel, message }) => note(`${logLevel}: ${String(message)}`))

let isLoaded = false
let adopted: Array<Database> = []

/** Loads SQLite, and takes note of every database that is opened: who dies closes none. */
export const loadSqlite = async (): Promise<void> => {
  if (isLoaded) return
  const library: { Database: new (image?: ArrayLike<number> | null) => Database } =
    await initSqlJs()
  const { Database: Real } = library
  library.Database = class extends Real {
    constructor(image?: ArrayLike<number> | null) {
      super(image)
      adopted.push(this)
    }
    override close(): void {
      adopted = adopted.filter((one) => one !== this)
      super.close()
    }
  }
  isLoaded = true
}

const closeDatabases = (): void => {
  for (const database of adopted) database.close()
}
