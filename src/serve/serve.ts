import { Effect, Stream } from "effect"
import type { Refusal } from "../../machines/refusal.ts"
import { Scheduler } from "../engine/scheduler.ts"
import { EventLog, type LogFailed } from "../log/event-log.ts"
import { Clock } from "../clock/clock.ts"
import { Random } from "../random.ts"
import { Agents } from "../run/agent.ts"
import { echoNotice } from "../run/echo.ts"
import { Settings } from "../settings.ts"
import { Desk } from "./desk.ts"
import { isShown, jsonLine, lineOf, textLine, type Level, type Line } from "./lines.ts"
import { listen, urlOf } from "./listen.ts"
import { makeDesk } from "./local-desk.ts"
import { refusalOfLog } from "./refusals.ts"
import { Keeper } from "./upkeep/keeper.ts"
import { readable } from "./upkeep/readable.ts"

/** How to serve, and until when. */
export interface Serving {
  readonly host: string
  readonly port: number
  readonly format: "text" | "json"
  readonly level: Level
  /** Writes a line to standard error. */
  readonly write: (line: string) => void
  /** Ends when somebody asks the server to stop. */
  readonly stopped: Effect.Effect<void>
}

/**
 * Keeps the clock of a folder and answers for it, until it is told to stop: then no new run starts,
 * open ones get their grace, and the log is closed. A log that fails ends it at once.
 */
export const serve = (options: Serving) =>
  Effect.gen(function* () {
    const scheduler = yield* Scheduler
    const { schedulerEnabled } = yield* Settings
    const keeper = yield* Keeper
    yield* tellFacts(options)
    const { salt } = yield* Random
    const token = salt() + salt()
    const desk = yield* makeDesk(true)
    const port = yield* listen({ host: options.host, token }, options.port).pipe(
      Effect.provideService(Desk, desk),
    )
    yield* orRefuse(scheduler.start({ clock: schedulerEnabled }))
    const address = urlOf(options.host, port)
    yield* orRefuse(keeper.announce({ address, token }))
    yield* tellReady(options, address)
    yield* Effect.raceFirst(options.stopped, orRefuse(scheduler.failure))
    const speak = yield* makeSpeak(options)
    speak("info", "stopping", { note: "open runs get their grace; a second signal ends at once" })
  }).pipe(Effect.scoped)

const orRefuse = <A, R>(effect: Effect.Effect<A, LogFailed, R>): Effect.Effect<A, Refusal, R> =>
  Effect.mapError(effect, refusalOfLog)

/** One line per fact, from now on, until all that happened by the end is told. */
const tellFacts = Effect.fnUntraced(function* (options: Serving) {
  const log = yield* EventLog
  const head = yield* orRefuse(log.head)
  const told = { position: head }
  const telling = log.subscribe(head).pipe(
    Stream.runForEach((recorded) =>
      Effect.sync(() => {
        const line = lineOf(recorded)
        told.position = recorded.position
        if (line === undefined || !isShown(line, options.level)) return
        options.write(options.format === "json" ? jsonLine(line) : textLine(line))
      }),
    ),
    readable,
  )
  yield* Effect.forkScoped(Effect.ignore(telling))
  // Added last and so run first: the last lines of this boot are worth a moment.
  yield* Effect.addFinalizer(() =>
    Effect.ignore(
      Effect.flatMap(log.head, (head) =>
        Effect.sleep("5 millis").pipe(
          Effect.repeat({ until: () => told.position >= head, times: lastLinesPollsMax }),
        ),
      ),
    ),
  )
})

const lastLinesPollsMax = 40

const tellReady = Effect.fnUntraced(function* (options: Serving, address: string) {
  const { folder, engine, notes } = yield* Keeper
  const { zone, schedulerEnabled } = yield* Settings
  const { names } = yield* Agents
  const speak = yield* makeSpeak(options)
  const agent = names[0] ?? "none"
  for (const note of notes) speak("warn", "opened", { note })
  if (agent === "echo") speak("warn", "agent", { note: echoNotice })
  const clock = schedulerEnabled ? "ticking" : "off"
  speak("info", "serving", { address, data: folder, engine, agent, zone, clock, pid: process.pid })
})

/** Writes lines about the server itself. */
const makeSpeak = Effect.fnUntraced(function* ({ format, write }: Serving) {
  const { now } = yield* Clock
  return (level: Level, event: string, details: Line["details"]): void => {
    const line = { at: now(), level, event, jobId: undefined, runId: undefined, details }
    write(format === "json" ? jsonLine(line) : textLine(line))
  }
})
