import { Effect } from "effect"
import * as Command from "effect/cli/Command"
import { readConfiguration } from "../../configuration/folder.ts"
import { House } from "../house.ts"
import { root } from "../root.ts"
import { print } from "../terminal.ts"
import { show } from "../verb.ts"

/** A tour that really happens: exit code 0 only when all of it did. */
export const demo = Command.make(
  "demo",
  {},
  Effect.fnUntraced(function* () {
    const house = yield* House
    const { json } = yield* root
    const { tour } = yield* Effect.promise(() => import("../demo/tour.ts"))
    const report = yield* tour({
      say: (sentence) => (json ? Effect.void : print(sentence)),
      deskOn: (folder) =>
        Effect.flatMap(
          // The demo is about itself: what the user has configured stays out of it.
          Effect.fromResult(readConfiguration(folder, {}, {})),
          (configuration) => house.desk({ folder, configuration }, { carryOut: false }),
        ),
    })
    yield* show(report, ({ folder }) =>
      [
        "All of this was checked as it happened. Look around yourself:",
        `  horolog log --data ${folder}`,
        `  horolog verify --data ${folder}`,
      ].join("\n"),
    )
  }),
).pipe(
  Command.withDescription(
    "A tour of a few seconds: jobs fire, the scheduler is killed, nothing is lost",
  ),
)
