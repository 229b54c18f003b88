import { Context, Effect, Layer, type Scope } from "effect"
import { Refusal } from "../machines/refusal.ts"
import type { ServeOptions } from "./cli/house.ts"
import { answers, remoteDesk } from "./cli/remote.ts"
import type { Place } from "./cli/root.ts"
import { compose, partsOf } from "./compose.ts"
import { Scheduler } from "./engine/scheduler.ts"
import { EventLog, type LogFailed } from "./log/event-log.ts"
import { readHolder } from "./log/file/holder.ts"
import { isExport, restoreExport } from "./log/file/restore-ndjson.ts"
import { restore } from "./log/file/restore.ts"
import { nodeDisk } from "./log/file/node-disk.ts"
import * as RandomLive from "./random-live.ts"
import type { Desk } from "./serve/desk.ts"
import { makeDesk } from "./serve/local-desk.ts"
import { refusalOfLog } from "./serve/refusals.ts"
import { serve } from "./serve/serve.ts"

/** A desk at the server that holds the folder; else one here, which holds it meanwhile. */
export const openDesk = Effect.fnUntraced(function* (
  place: Place,
  { carryOut }: { readonly carryOut: boolean },
): Effect.fn.Return<Desk["Service"], Refusal, Scope.Scope> {
  const server = yield* serverOf(place.folder)
  if (server !== undefined) return remoteDesk(server)
  const services = yield* refusing(Layer.build(embedded(place, process.stderr)))
  if (carryOut) {
    yield* refusing(Context.get(services, Scheduler).start({ clock: false }))
  }
  return yield* makeDesk(false).pipe(Effect.provide(services))
})

/** A desk on nothing, for questions that are arithmetic. */
export const openPassing = Effect.fnUntraced(function* (
  place: Place,
): Effect.fn.Return<Desk["Service"], Refusal, Scope.Scope> {
  const parts = partsOf(place.configuration, place.folder, process.stderr)
  const services = yield* refusing(Layer.build(compose(parts, undefined)))
  return yield* makeDesk(false).pipe(Effect.provide(services))
})

/** Serves the folder until it is told to stop. Answers for this terminal are printed as they come. */
export const openServer = (
  place: Place,
  { format, level }: ServeOptions,
  stopped: Effect.Effect<void>,
): Effect.Effect<void, Refusal> =>
  serve({
    ...place.configuration.gateway,
    format,
    level,
    stopped,
    write: (line) => void process.stderr.write(`${line}\n`),
  }).pipe(
    Effect.provide(embedded(place, process.stdout)),
    Effect.catchTag("LogFailed", (failed) => Effect.fail(refusalOfLog(failed))),
  )

/** Puts a backup or an export into a folder that has no log, and opens it once to see that it can be read. */
export const restoreFolder = Effect.fnUntraced(function* (place: Place, file: string) {
  const restored = (yield* isExport(file))
    ? Effect.provide(restoreExport(nodeDisk, file, place.folder), RandomLive.layer)
    : restore(nodeDisk, file, place.folder)
  yield* refusing(restored)
  const head = Effect.flatMap(EventLog, (log) => log.head)
  return yield* refusing(
    Effect.map(Effect.provide(head, embedded(place, process.stderr)), (position) => ({
      head: position,
    })),
  )
})

const embedded = ({ folder, configuration }: Place, terminal: NodeJS.WriteStream) =>
  compose(partsOf(configuration, folder, terminal), { folder, engine: configuration.log.engine })

const serverOf = Effect.fnUntraced(function* (folder: string) {
  const holder = yield* readHolder(nodeDisk, folder)
  if (holder?.address === undefined || holder.token === undefined) return undefined
  const server = { address: holder.address, token: holder.token }
  return (yield* answers(server)) ? server : undefined
})

const refusing = <A, R>(
  effect: Effect.Effect<A, LogFailed | Refusal, R>,
): Effect.Effect<A, Refusal, R> =>
  Effect.mapError(effect, (error) => (error instanceof Refusal ? error : refusalOfLog(error)))
