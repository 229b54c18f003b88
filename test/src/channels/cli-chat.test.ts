import { Writable } from "node:stream"
import { Effect, Fiber } from "effect"
import { describe, expect, test } from "vitest"
import { cliChat } from "../../../src/channels/cli-chat.ts"
import { channelContract, message, refusalOf, send } from "../../contract/channel.ts"

/** A terminal that shows what it is given, piece by piece. */
const terminal = () => {
  const writes: Array<string> = []
  const output = new Writable({
    write: (chunk: Buffer, _, done) => {
      writes.push(chunk.toString())
      setImmediate(done)
    },
  })
  return { output, writes }
}

const failing = (error: Error) => new Writable({ write: (_chunk, _encoding, done) => done(error) })

const closed = () => {
  const { output } = terminal()
  output.destroy()
  return output
}

channelContract("cli_chat", {
  working: () => {
    const { output, writes } = terminal()
    return { channel: cliChat(output), held: async () => writes.join("") }
  },
  broken: () => cliChat(failing(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }))),
})

describe("the terminal", () => {
  test("is gone: nothing is printed, and nothing breaks", async () => {
    const ended = terminal().output
    ended.end()
    for (const output of [closed(), ended]) {
      const failure = await refusalOf(cliChat(output))
      expect(failure).toMatchObject({ retryable: false })
      expect(failure.message).toContain("closed")
    }
  })

  test("fails while it prints: the error is told, and ends nobody", async () => {
    const broken = failing(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }))
    const failure = await refusalOf(cliChat(broken))
    expect(failure).toMatchObject({ retryable: false })
    expect(failure.message).toContain("write EPIPE")
    const busy = failing(Object.assign(new Error("not now"), { code: "EAGAIN" }))
    expect(await refusalOf(cliChat(busy))).toMatchObject({ retryable: true })
  })

  test("has taken the answer before it counts as delivered", async () => {
    const taken: Array<() => void> = []
    const output = new Writable({ write: (_chunk, _encoding, done) => void taken.push(done) })
    const fiber = Effect.runFork(cliChat(output).send(message))
    await new Promise(setImmediate)
    expect(taken.length).toBe(1)
    expect(fiber.pollUnsafe()).toBeUndefined()
    taken[0]?.()
    expect(await Effect.runPromise(Fiber.join(fiber))).toEqual({ receipt: null })
  })

  test("keeps no listener of ours once an answer is printed", async () => {
    const { output } = terminal()
    const channel = cliChat(output)
    for (let count = 0; count < 20; count += 1) await send(channel)
    expect(output.listenerCount("error")).toBe(0)
  })
})

describe("an answer in the terminal", () => {
  const printed = async (sent: Partial<typeof message>) => {
    const { output, writes } = terminal()
    await send(cliChat(output), sent)
    return writes
  }

  test("says whose it is, in one write", async () => {
    expect(await printed({})).toEqual(["[Morning digest] to default (run_1)\nAll is well.\n\n"])
  })

  test("stays below one line of head, whatever the job is called", async () => {
    const [text] = await printed({ jobName: "Say\nhello\t to me " })
    expect(text).toBe("[Say hello to me] to default (run_1)\nAll is well.\n\n")
  })

  test("commands nothing: what a terminal obeys is left out", async () => {
    const text =
      "\u001b[2J\u001b]0;title\u0007\u001b[31mred\u001b[0m\r\nnext\u0000\u0008\u009b1m end\ttab\rover"
    const [shown] = await printed({ text })
    // eslint-disable-next-line no-control-regex -- That there are none is what is tested.
    expect(shown).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/)
    expect(shown).toContain("red\nnext")
    expect(shown).toContain("end\ttab")
  })
})
