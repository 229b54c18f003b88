import { request as httpRequest } from "node:http"
import { Effect, Exit, Layer, Scope, Stream } from "effect"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { Recorded } from "../../../events/envelope.ts"
import { Refusal } from "../../../machines/refusal.ts"
import type { Caller } from "../../../src/operations/operation.ts"
import { Desk } from "../../../src/serve/desk.ts"
import { bodyBytesMax } from "../../../src/serve/http.ts"
import { listen } from "../../../src/serve/listen.ts"

const token = "a-token"
const asked: Array<{ operation: string; input: unknown; caller: Caller }> = []

const recorded = (position: number): Recorded => ({
  position,
  stream: "clock",
  version: position,
  eventId: `e/${position}`,
  at: position,
  fact: { type: "clock.paused" },
  meta: {
    actor: { kind: "clock", id: "clock" },
    command: { id: "e", name: "pause" },
    correlationId: "e",
    instance: "i",
    app: "0",
  },
})

const desk = Desk.of({
  served: true,
  ask: (operation, input, caller) => {
    asked.push({ operation, input, caller })
    if (operation === "echo" || operation === "call") return Effect.succeed({ input })
    if (operation === "take") {
      return Effect.fail(
        new Refusal({ code: "already-running", message: "It runs.", hint: "Wait." }),
      )
    }
    return Effect.fail(new Refusal({ code: "not-found", message: `No operation ${operation}.` }))
  },
  events: (after) =>
    Stream.concat(
      Stream.fromIterable([1, 2, 3, 4].filter((n) => n > after).map(recorded)),
      Stream.never,
    ),
})

const scope = Scope.makeUnsafe()
let base = ""

beforeAll(async () => {
  const port = await Effect.runPromise(
    listen({ host: "127.0.0.1", token }, 0).pipe(
      Effect.provide(Layer.succeed(Desk, desk)),
      Scope.provide(scope),
    ),
  )
  base = `http://127.0.0.1:${port}`
})
afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))

const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  fetch(base + path, {
    method: "POST",
    body,
    headers: { authorization: `Bearer ${token}`, ...headers },
  })

/** fetch will not send a Host of our choosing. */
const withHost = (path: string, headers: Record<string, string>): Promise<number> =>
  new Promise((resolve, reject) => {
    httpRequest(base + path, { headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
      .on("error", reject)
      .end()
  })

describe("the server turns away", () => {
  test("a call without a token, or with another one, before reading it", async () => {
    const none = await post("/v1/call/echo", "{}", { authorization: "" })
    expect(none.status).toBe(401)
    expect(await none.json()).toMatchObject({ code: "unauthorized" })
    expect((await post("/v1/call/echo", "{}", { authorization: "Bearer b-token" })).status).toBe(
      401,
    )
    expect(asked).toEqual([])
  })

  test("a Host that is another machine's, on every path", async () => {
    const authorization = `Bearer ${token}`
    expect(await withHost("/v1/events", { host: "evil.example", authorization })).toBe(403)
    expect(await withHost("/healthz", { host: "evil.example" })).toBe(403)
    expect(await withHost("/healthz", { host: "localhost:1" })).toBe(200)
  })

  test("a page of another site", async () => {
    const response = await post("/v1/call/echo", "{}", { origin: "https://evil.example" })
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ code: "bad-origin" })
    expect((await post("/v1/call/echo", "{}", { origin: "null" })).status).toBe(403)
    expect((await post("/v1/call/echo", "{}", { origin: base })).status).toBe(200)
  })

  test("a body that is too large, announced or not", async () => {
    const body = JSON.stringify("x".repeat(bodyBytesMax))
    expect((await post("/v1/call/echo", body)).status).toBe(413)
    const chunked = await fetch(`${base}/v1/call/echo`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: new Blob([body]).stream(),
      duplex: "half",
    })
    expect(chunked.status).toBe(413)
  })

  test("a body that is no JSON", async () => {
    const response = await post("/v1/call/echo", "{")
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: "invalid-input" })
  })

  test("what does not exist, saying what does", async () => {
    const operation = await post("/v1/call/nothing", "{}")
    expect(operation.status).toBe(404)
    const path = await post("/v2", "{}")
    expect(path.status).toBe(404)
    expect(await path.json()).toMatchObject({ received: "POST /v2" })
    expect((await fetch(`${base}/v2`)).status).toBe(401)
  })

  test("a position that is none", async () => {
    const response = await fetch(`${base}/v1/events?after=soon`, {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(response.status).toBe(400)
  })
})

describe("the server", () => {
  test("is well, and says so without a token", async () => {
    expect(await (await fetch(`${base}/healthz`)).json()).toEqual({ status: "ok" })
  })

  test("passes on what is asked, by whom, and under which command id", async () => {
    asked.length = 0
    const response = await post("/v1/call/echo", '{"a":1}', {
      "idempotency-key": "c-1",
      "horolog-agent": "model",
      "horolog-channel": "feishu",
      "horolog-chat": encodeURIComponent("群 1"),
      "horolog-run": "run_1",
    })
    expect(await response.json()).toEqual({ input: { a: 1 } })
    const by = { kind: "agent", id: "model", channel: "feishu", chatId: "群 1", runId: "run_1" }
    expect(asked).toEqual([
      { operation: "echo", input: { a: 1 }, caller: { by, commandId: "c-1" } },
    ])
  })

  test("calls tools by name", async () => {
    const response = await post("/v1/tools/cron_add", '{"every":"1h"}')
    expect(await response.json()).toEqual({
      input: { name: "cron_add", parameters: { every: "1h" } },
    })
  })

  test("answers a refusal with a fitting status, its code and its hint", async () => {
    const response = await post("/v1/call/take", "")
    expect(response.status).toBe(409)
    expect(await response.json()).toEqual({
      code: "already-running",
      message: "It runs.",
      hint: "Wait.",
    })
  })

  test("streams facts from a position on, and resumes behind the last one seen", async () => {
    expect(await positions("/v1/events?after=2", {}, 2)).toEqual([3, 4])
    expect(await positions("/v1/events?after=0", { "last-event-id": "3" }, 1)).toEqual([4])
  })

  test("tells a second server that its port is in use, in one sentence", async () => {
    const port = Number(new URL(base).port)
    const again = listen({ host: "127.0.0.1", token }, port).pipe(
      Effect.provide(Layer.succeed(Desk, desk)),
      Effect.scoped,
      Effect.flip,
    )
    const refusal = await Effect.runPromise(again)
    expect(refusal.message).toBe(`Port ${port} on 127.0.0.1 is in use by another program.`)
  })
})

const positions = async (path: string, headers: Record<string, string>, count: number) => {
  const abort = new AbortController()
  const response = await fetch(base + path, {
    headers: { authorization: `Bearer ${token}`, ...headers },
    signal: abort.signal,
  })
  expect(response.headers.get("content-type")).toContain("text/event-stream")
  const seen: Array<number> = []
  let text = ""
  for await (const chunk of response.body ?? []) {
    text += new TextDecoder().decode(chunk)
    seen.splice(0, seen.length, ...[...text.matchAll(/^id: (\d+)$/gm)].map((one) => Number(one[1])))
    if (seen.length >= count) break
  }
  abort.abort()
  return seen
}
