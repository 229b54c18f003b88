import { Effect, Option } from "effect"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { House } from "../house.ts"
import { placeOf } from "../root.ts"
import { onOff, text, whole } from "./schedule-flags.ts"

/** Keeps the clock of a folder and answers for it, until it is told to stop. */
export const serve = Command.make(
  "serve",
  {
    host: text("host", "ADDRESS", "The address to listen on; else gateway.host"),
    port: whole("port", "The port; 0 takes a free one; else gateway.port"),
    noScheduler: onOff("no-scheduler", "Answer only: nothing fires"),
    log: Flag.Literals("log", ["text", "json"]).pipe(
      Flag.withDescription("How lines are written to standard error"),
      Flag.withDefault("text" as const),
    ),
    level: Flag.Literals("log-level", ["debug", "info", "warn", "error"]).pipe(
      Flag.withDescription("The least level that is written"),
      Flag.withDefault("info" as const),
    ),
  },
  Effect.fnUntraced(function* ({ host, port, noScheduler, log, level }) {
    const place = yield* placeOf({
      ...(Option.isSome(host) && { "gateway.host": host.value }),
      ...(Option.isSome(port) && { "gateway.port": String(port.value) }),
      ...(noScheduler && { "gateway.scheduler.enabled": "false" }),
    })
    yield* (yield* House).serve(place, { format: log, level })
  }),
).pipe(
  Command.withDescription("Run what is due, deliver the answers, and answer over HTTP"),
  Command.withExamples([
    { command: "horolog serve" },
    { command: "horolog serve --port 0 --log json" },
  ]),
)
