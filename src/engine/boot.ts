import { Context, Effect, Layer } from "effect"
import { Clock } from "../clock/clock.ts"
import { Random } from "../random.ts"

/** One life of this process as a scheduler. Runs of another boot have lost their runner. */
export class Boot extends Context.Service<Boot, { readonly bootId: string }>()(
  "horolog/engine/Boot",
) {
  static readonly layer = Layer.effect(
    Boot,
    Effect.gen(function* () {
      const { now } = yield* Clock
      const { uuid } = yield* Random
      return Boot.of({ bootId: `boot_${uuid(now())}` })
    }),
  )
}
