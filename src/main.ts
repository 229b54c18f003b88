import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Layer } from "effect"
import * as Command from "effect/cli/Command"
import { endingOf } from "./cli/failure.ts"
import { horolog } from "./cli/horolog.ts"
import { House } from "./cli/house.ts"
import { builtIns, presenter } from "./cli/presenter.ts"
import { version } from "./release.ts"
import { watchSignals } from "./cli/signals.ts"

/** What opens folders is loaded only by the verbs that open one. */
const house = (stopped: Effect.Effect<void>) => {
  const open = Effect.promise(() => import("./open.ts"))
  return House.of({
    version,
    desk: (place, options) => Effect.flatMap(open, ({ openDesk }) => openDesk(place, options)),
    passing: (place) => Effect.flatMap(open, ({ openPassing }) => openPassing(place)),
    serve: (place, options) =>
      Effect.flatMap(open, ({ openServer }) => openServer(place, options, stopped)),
    restore: (place, file) =>
      Effect.flatMap(open, ({ restoreFolder }) => restoreFolder(place, file)),
  })
}

/** Runs one command to its end, and the process with it. */
const main = async (words: ReadonlyArray<string>): Promise<void> => {
  const json = words.includes("--json")
  const signals = watchSignals()
  const program = Command.runWith(horolog, { version })(words).pipe(
    Effect.provideService(House, house(signals.stopped)),
    Effect.provide(Layer.mergeAll(NodeServices.layer, presenter(json), builtIns)),
  )
  const exit = await signals.run(program)
  const { code, said } = endingOf(exit, { json, signal: signals.received() })
  if (said !== undefined) process.stderr.write(`${said}\n`)
  process.exitCode = code
  // Nothing is under way any more; a socket kept alive must not keep the process.
  process.stdout.write("", () => process.exit(code))
}

await main(process.argv.slice(2))
