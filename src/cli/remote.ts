import { Effect, Stream } from "effect"
import type { Recorded } from "../../events/envelope.ts"
import { Refusal, RefusalCode } from "../../machines/refusal.ts"
import { headersOfCaller } from "../serve/caller.ts"
import { Desk } from "../serve/desk.ts"

/** The server that holds a folder, as it says itself in `horolog.serve.json`. */
export interface Server {
  readonly address: string
  readonly token: string
}

const healthTimeoutMs = 2_000

/** Whether somebody answers there: after a crash the file that says so may be left behind. */
export const answers = ({ address }: Server): Effect.Effect<boolean> =>
  Effect.promise(async () => {
    try {
      const signal = AbortSignal.timeout(healthTimeoutMs)
      const response = await fetch(`${address}/healthz`, { signal })
      return response.ok
    } catch {
      return false
    }
  })

/** A desk at the server: everything is asked over HTTP, as whoever gave the command. */
export const remoteDesk = (server: Server): Desk["Service"] =>
  Desk.of({
    served: true,
    ask: (operation, input, { by, commandId }) =>
      Effect.gen(function* () {
        const response = yield* reach(server, `/v1/call/${encodeURIComponent(operation)}`, {
          method: "POST",
          body: JSON.stringify(input ?? {}),
          headers: {
            ...headersOfCaller(by),
            "content-type": "application/json",
            ...(commandId !== undefined && { "idempotency-key": commandId }),
          },
        })
        const body = yield* readJson(server, response)
        return response.ok ? body : yield* Effect.fail(refusalOf(body, response.status))
      }),
    events: (after) =>
      Stream.unwrap(
        Effect.map(reach(server, `/v1/events?after=${after}`, {}), (response) =>
          Stream.fromAsyncIterable(sentFacts(response), (cause) => lost(server, cause)).pipe(
            Stream.concat(Stream.fail(lost(server, "it ended the connection"))),
          ),
        ),
      ),
  })

type Texts = Readonly<Record<string, string>>

const readJson = (server: Server, response: Response): Effect.Effect<unknown, Refusal> =>
  Effect.tryPromise({
    try: (): Promise<unknown> => response.json(),
    catch: (cause) => lost(server, cause),
  })

const reach = (
  server: Server,
  path: string,
  init: { readonly method?: string; readonly body?: string; readonly headers?: Texts },
): Effect.Effect<Response, Refusal> =>
  Effect.tryPromise({
    try: (signal) =>
      fetch(server.address + path, {
        ...init,
        signal,
        headers: { ...init.headers, authorization: `Bearer ${server.token}` },
      }),
    catch: (cause) => lost(server, cause),
  })

/** What the server refused, as if it had been refused here. */
const refusalOf = (body: unknown, status: number): Refusal => {
  const parts = body as { readonly code?: string; readonly message?: string }
  const known = RefusalCode.literals.find((code) => code === parts.code)
  return new Refusal({
    ...parts,
    code: known ?? "store-failed",
    message: parts.message ?? `The server answered with status ${status}.`,
  })
}

const lost = ({ address }: Server, cause: unknown): Refusal =>
  new Refusal({
    code: "store-failed",
    message: `The server at ${address} is not to be reached any more: ${String(cause)}.`,
    expected: "a server that answers",
    hint: "See whether `horolog serve` still runs; what it had acknowledged is kept.",
  })

/** The facts of an event stream; comments that keep it alive are passed over. */
async function* sentFacts(response: Response): AsyncGenerator<Recorded> {
  const decoder = new TextDecoder()
  let rest = ""
  for await (const chunk of response.body ?? []) {
    const parts = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split("\n\n")
    rest = parts.pop() ?? ""
    for (const part of parts) {
      const data = /^data: (.*)$/m.exec(part)?.[1]
      if (data === undefined) continue
      if (/^event: error$/m.test(part)) throw refusalOf(JSON.parse(data), 500)
      yield JSON.parse(data) as Recorded
    }
  }
}
