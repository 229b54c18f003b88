import { Effect, Layer } from "effect"
import { Refusal } from "../../machines/refusal.ts"
import { Channels, type Channel } from "./channel.ts"

/** The channels of this process, each of another kind. A job for any other kind is refused. */
export const channelsLayer = (channels: ReadonlyArray<Channel>): Layer.Layer<Channels, Refusal> =>
  Layer.effect(
    Channels,
    Effect.gen(function* () {
      const byKind = new Map(channels.map((channel) => [channel.kind, channel]))
      const kinds = [...byKind.keys()]
      if (kinds.length < channels.length || byKind.has("")) return yield* unclearKinds(channels)
      return Channels.of({ kinds, get: (kind) => byKind.get(kind) })
    }),
  )

const unclearKinds = (channels: ReadonlyArray<Channel>) =>
  Refusal.make({
    code: "invalid-input",
    message: "Two channels are of the same kind, or one has none.",
    received: channels.map(({ kind }) => kind),
    expected: "a kind of its own for every channel",
    hint: "Jobs name the kind of the channel their answers go to. Give each another one.",
  })
