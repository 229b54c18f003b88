import { Effect } from "effect"
import { expect, test } from "vitest"
import { Channels, type Channel } from "../../../src/channels/channel.ts"
import { channelsLayer } from "../../../src/channels/channels.ts"
import { functionChannel } from "../../../src/channels/function.ts"

const of = (kind: string): Channel => functionChannel({ kind, send: async () => {} })
const built = (channels: ReadonlyArray<Channel>) =>
  Effect.gen(function* () {
    return yield* Channels
  }).pipe(Effect.provide(channelsLayer(channels)))

test("two channels of one kind, or one without, are refused", async () => {
  for (const channels of [[of("a"), of("a")], [of("")]]) {
    const refusal = await Effect.runPromise(Effect.flip(built(channels)))
    expect(refusal).toMatchObject({ _tag: "Refusal", code: "invalid-input" })
    expect(refusal.received).toEqual(channels.map(({ kind }) => kind))
  }
})

test("a channel is found by its kind, and another kind is nobody's", async () => {
  const [a, b] = [of("a"), of("b")]
  const channels = await Effect.runPromise(built([a, b]))
  expect(channels.kinds).toEqual(["a", "b"])
  expect(channels.get("b")).toBe(b)
  expect(channels.get("c")).toBeUndefined()
})

test("there may be none", async () => {
  expect((await Effect.runPromise(built([]))).kinds).toEqual([])
})
