import { Effect } from "effect"
import { describe, expect, test } from "vitest"
import type { Channel, Message } from "../../src/channels/channel.ts"

/** What a test of a channel needs of it. */
export interface ChannelTrial {
  /** A channel, and all that the chat `chatId` holds of what it sent. */
  readonly working: () => {
    readonly channel: Channel
    readonly held: (chatId: string) => Promise<string>
  }
  /** A channel whose other end is gone. */
  readonly broken: () => Channel
}

export const message: Message = {
  deliveryId: "run_1/delivery",
  jobId: "job_1",
  jobName: "Morning digest",
  runId: "run_1",
  chatId: "default",
  text: "All is well.",
}

export const send = async (channel: Channel, sent: Partial<Message> = {}) =>
  await Effect.runPromise(channel.send({ ...message, ...sent }))

export const refusalOf = async (channel: Channel, sent: Partial<Message> = {}) =>
  await Effect.runPromise(Effect.flip(channel.send({ ...message, ...sent })))

/** What every channel must do, whatever it is made of. */
export const channelContract = (name: string, trial: ChannelTrial) => {
  describe(`channel contract: ${name}`, () => {
    test("says that nothing arrived when nothing did, and whether to try again", async () => {
      const failure = await refusalOf(trial.broken())
      expect(failure._tag).toBe("DeliveryFailed")
      expect(failure.message).not.toBe("")
      expect(failure.retryable).toBeTypeOf("boolean")
    })

    test("has a kind", () => {
      expect(trial.working().channel.kind).toMatch(/^[a-z_]+$/)
    })

    arrivals(trial)
  })
}

const arrivals = ({ working }: ChannelTrial) => {
  test("has brought the text when it says so", async () => {
    const { channel, held } = working()
    const { receipt } = await send(channel)
    expect(receipt === null || typeof receipt === "string").toBe(true)
    expect(await held("default")).toContain("All is well.")
  })

  test("brings any letters, and all of a long text", async () => {
    const { channel, held } = working()
    const text = `„Grüß Gott“ 👩‍👩‍👧 中文\n\n  indented\ttab ${"😀é中".repeat(100_000)} the end`
    await send(channel, { text })
    expect((await held("default")).includes(text)).toBe(true)
  })

  test("brings an empty text too", async () => {
    await expect(send(working().channel, { text: "" })).resolves.toBeDefined()
  })

  test("brings answers that come at once whole, one after the other", async () => {
    const { channel, held } = working()
    const texts = ["a", "b", "c", "d"].map((letter) => letter.repeat(50_000))
    await Promise.all(
      texts.map((text, at) => send(channel, { text, deliveryId: `run_${at}/delivery` })),
    )
    const all = await held("default")
    for (const text of texts) expect(all.includes(text)).toBe(true)
  })

  test("brings the same delivery once where it says that it is idempotent, and else as often as it is sent", async () => {
    const { channel, held } = working()
    await send(channel)
    await send(channel)
    const arrivedCount = (await held("default")).split("All is well.").length - 1
    expect(arrivedCount).toBe(channel.idempotent ? 1 : 2)
  })
}
