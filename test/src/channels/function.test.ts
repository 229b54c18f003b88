import { describe, expect, test } from "vitest"
import { functionChannel, type ChannelFunction } from "../../../src/channels/function.ts"
import { channelContract, message, refusalOf, send } from "../../contract/channel.ts"

const throwing = (thrown: unknown, idempotent = false) =>
  functionChannel({
    kind: "mine",
    idempotent,
    send: () => {
      throw thrown
    },
  })

const coded = (code: string) => Object.assign(new Error(`it said ${code}`), { code })

channelContract("function", {
  working: () => {
    const texts: Array<string> = []
    const channel = functionChannel({
      kind: "mine",
      send: async ({ text }) => void texts.push(text),
    })
    return { channel, held: async () => texts.join("\n") }
  },
  broken: () => throwing(new Error("gone")),
})

channelContract("function, idempotent", {
  working: () => {
    const texts = new Map<string, string>()
    const channel = functionChannel({
      kind: "mine",
      idempotent: true,
      send: async ({ deliveryId, text }) => void texts.set(deliveryId, text),
    })
    return { channel, held: async () => [...texts.values()].join("\n") }
  },
  broken: () => throwing(new Error("gone"), true),
})

describe("what a channel's function throws", () => {
  test("is not worth another try when nothing says so", async () => {
    for (const thrown of [new Error("broken"), "broken", undefined]) {
      const failure = await refusalOf(throwing(thrown))
      expect(failure.retryable).toBe(false)
      expect(failure.message).toMatch(/^The channel mine failed: /)
    }
  })

  test("may say itself whether it is", async () => {
    const yes = Object.assign(new Error("busy"), { retryable: true })
    const no = Object.assign(coded("ECONNREFUSED"), { retryable: false })
    expect((await refusalOf(throwing(yes))).retryable).toBe(true)
    expect((await refusalOf(throwing(no))).retryable).toBe(false)
  })

  test("is worth another try where no connection came about", async () => {
    const failed = new TypeError("fetch failed", { cause: coded("ECONNREFUSED") })
    expect((await refusalOf(throwing(failed))).retryable).toBe(true)
  })

  test("and may have arrived is tried again only where twice arrives once", async () => {
    expect((await refusalOf(throwing(coded("ECONNRESET")))).retryable).toBe(false)
    expect((await refusalOf(throwing(coded("ECONNRESET"), true))).retryable).toBe(true)
  })
})

describe("what a channel's function resolves to", () => {
  const resolving = (sent: unknown) =>
    functionChannel({ kind: "mine", send: (async () => sent) as ChannelFunction })

  test("is a receipt, or nothing", async () => {
    expect(await send(resolving({ receipt: "m-17" }))).toEqual({ receipt: "m-17" })
    for (const nothing of [undefined, null, {}]) {
      expect(await send(resolving(nothing))).toEqual({ receipt: null })
    }
  })

  test("does not undo a delivery when it is no receipt", async () => {
    expect(await send(resolving({ receipt: 17 }))).toEqual({ receipt: null })
  })

  test("comes from the message as it was given", async () => {
    const seen: Array<unknown> = []
    await send(functionChannel({ kind: "mine", send: async (given) => void seen.push(given) }))
    expect(seen).toEqual([message])
  })
})
