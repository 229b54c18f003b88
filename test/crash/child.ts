/**
 * A process that appends for ever, from a command of a given number on, and prints the number of
 * each as soon as it lasts. It may be told to kill itself at a step of the disk.
 */
import { parseArgs } from "node:util"
import { Effect, Layer } from "effect"
import { EventLog } from "../../src/log/event-log.ts"
import { layer } from "../../src/log/file/file.ts"
import * as NodeDisk from "../../src/log/file/node-disk.ts"
import { Random } from "../../src/random.ts"
import { commandOf } from "./commands.ts"
import { killingDisk } from "./killing-disk.ts"

const { values } = parseArgs({
  options: {
    folder: { type: "string" },
    engine: { type: "string", default: "sql.js" },
    from: { type: "string", default: "0" },
    checkpointBytes: { type: "string", default: "20000" },
    /** The step of the disk at which it dies, and which of its kind. */
    killAt: { type: "string" },
    nth: { type: "string", default: "1" },
  },
})

const commandsPerGroup = 4

const append = Effect.gen(function* () {
  const log = yield* EventLog
  for (let index = Number(values.from); ; index += commandsPerGroup) {
    const group = Array.from({ length: commandsPerGroup }, (_, offset) => index + offset)
    for (const each of group) yield* log.append(commandOf(each))
    yield* log.durable
    process.stdout.write(group.map((each) => `${each}\n`).join(""))
  }
})

const disk =
  values.killAt === undefined
    ? NodeDisk.layer
    : killingDisk({ what: values.killAt, nth: Number(values.nth) })

const log = layer({
  folder: values.folder ?? "",
  engine: values.engine === "native" ? "native" : "sql.js",
  checkpointBytes: Number(values.checkpointBytes),
})

await Effect.runPromise(Effect.provide(append, Layer.provide(log, [disk, Random.layer])))
