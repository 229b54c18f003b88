import { Effect, Result } from "effect"
import * as ByteSize from "effect/ByteSize"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { Refusal } from "../../machines/refusal.ts"
import { callerOfHeaders } from "./caller.ts"
import { Desk } from "./desk.ts"
import { guard, guardAddress, type TurnedAway } from "./guard.ts"
import { refusalJson, statusOf } from "./refusals.ts"
import { frames, resumeAfter } from "./sse.ts"

type Request = HttpServerRequest.HttpServerRequest
type Response = HttpServerResponse.HttpServerResponse

/** Where the server listens, and what a caller must know. */
export interface Door {
  readonly host: string
  readonly token: string
}

/** The largest body that is read; prompts are texts, not files. */
export const bodyBytesMax = 1_048_576

/** The server's first form: call an operation or a tool, follow the facts, ask whether it is well. */
export const routes = (door: Door) =>
  HttpRouter.use((router) =>
    Effect.gen(function* () {
      const desk = yield* Desk
      const guarded = behind((headers) => guard(headers, door))
      yield* router.add(
        "GET",
        "/healthz",
        behind((headers) => guardAddress(headers, door.host))(well),
      )
      yield* router.add("POST", "/v1/call/:operation", guarded(call(desk)))
      yield* router.add("POST", "/v1/tools/:name", guarded(callTool(desk)))
      yield* router.add("GET", "/v1/events", guarded(events(desk)))
      yield* router.add("*", "/*", guarded(nothingHere))
    }),
  )

type Handler = (request: Request) => Effect.Effect<Response, never, HttpRouter.RouteContext>

const behind =
  (check: (headers: Request["headers"]) => TurnedAway | undefined) => (handler: Handler) =>
    Effect.gen(function* () {
      const request = yield* HttpServerRequest.HttpServerRequest
      const away = check(request.headers)
      return away === undefined ? yield* handler(request) : json(away.status, turnedAwayJson(away))
    })

const well: Handler = () => Effect.succeed(json(200, { status: "ok" }))

const call =
  (desk: Desk["Service"]): Handler =>
  (request) =>
    answer(request, (input) =>
      Effect.flatMap(HttpRouter.params, ({ operation = "" }) =>
        desk.ask(operation, input, callerOf(request)),
      ),
    )

const callTool =
  (desk: Desk["Service"]): Handler =>
  (request) =>
    answer(request, (parameters) =>
      Effect.flatMap(HttpRouter.params, ({ name = "" }) =>
        desk.ask("call", { name, parameters }, callerOf(request)),
      ),
    )

const callerOf = ({ headers }: Request) => {
  const commandId = headers["idempotency-key"]
  return { by: callerOfHeaders(headers), ...(commandId !== undefined && { commandId }) }
}

const events =
  (desk: Desk["Service"]): Handler =>
  ({ headers, url }) => {
    const asked = new URL(url, "http://localhost").searchParams.get("after")
    const after = resumeAfter(headers["last-event-id"], asked)
    if (after === undefined) return Effect.succeed(refused(badPosition(asked)))
    if (callerOfHeaders(headers).kind === "agent") return Effect.succeed(refused(notForAgents))
    return Effect.succeed(
      HttpServerResponse.stream(frames(desk.events(after)), {
        contentType: "text/event-stream",
        headers: { "cache-control": "no-store", "x-accel-buffering": "no" },
      }),
    )
  }

const nothingHere: Handler = ({ method, url }) =>
  Effect.succeed(
    refused(
      new Refusal({
        code: "not-found",
        message: `There is nothing at ${method} ${url.split("?")[0]}.`,
        received: `${method} ${url.split("?")[0]}`,
        expected: "POST /v1/call/{operation}, POST /v1/tools/{name}, GET /v1/events, GET /healthz",
      }),
    ),
  )

/** Reads a JSON body, asks, and answers in JSON, whatever comes of it. */
const answer = (
  request: Request,
  ask: (input: unknown) => Effect.Effect<unknown, Refusal, HttpRouter.RouteContext>,
): Effect.Effect<Response, never, HttpRouter.RouteContext> =>
  readBody(request).pipe(
    Effect.flatMap(ask),
    Effect.map((output) => json(200, output ?? null)),
    Effect.catchTag("TooLarge", () => Effect.succeed(tooLarge)),
    Effect.catchTag("Refusal", (refusal) => Effect.succeed(refused(refusal))),
  )

const readBody = (request: Request): Effect.Effect<unknown, Refusal | TooLarge> =>
  Number(request.headers["content-length"] ?? 0) > bodyBytesMax
    ? Effect.fail(new TooLarge())
    : request.text.pipe(
        Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.bytes(bodyBytesMax)),
        Effect.mapError(() => new TooLarge()),
        Effect.flatMap((text) => Effect.fromResult(parseBody(text))),
      )

class TooLarge {
  readonly _tag = "TooLarge"
}

const parseBody = (text: string): Result.Result<unknown, Refusal> =>
  text.trim() === ""
    ? Result.succeed({})
    : Result.try({
        try: () => JSON.parse(text) as unknown,
        catch: (cause) =>
          new Refusal({
            code: "invalid-input",
            message: `The body is no JSON: ${String(cause)}`,
            expected: 'a JSON object such as { "status": "enabled" }',
          }),
      })

const notForAgents = new Refusal({
  code: "forbidden",
  message: "Agents may not follow the whole log.",
  expected: "the operation log, with the job_id of a job of this chat",
})

const badPosition = (received: string | null): Refusal =>
  new Refusal({
    code: "invalid-input",
    message: "The position to go on after is no position.",
    received,
    expected: "a whole number, such as ?after=0",
  })

const json = (status: number, body: unknown): Response =>
  HttpServerResponse.jsonUnsafe(body, { status, headers: { "cache-control": "no-store" } })

const refused = (refusal: Refusal): Response => json(statusOf(refusal.code), refusalJson(refusal))

const tooLarge = json(413, {
  code: "too-large",
  message: "The body is too large.",
  expected: `at most ${bodyBytesMax} bytes`,
  hint: "Give the agent a file to read instead of its content.",
})

const turnedAwayJson = ({ status: _status, ...body }: TurnedAway): unknown => body
