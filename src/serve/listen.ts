import { createServer } from "node:http"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Context, Effect, Layer, type Scope } from "effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import type { ServeError } from "effect/http/HttpServerError"
import { Refusal } from "../../machines/refusal.ts"
import type { Desk } from "./desk.ts"
import { routes, type Door } from "./http.ts"

/** Followers would keep a closing server waiting; they get this long and can resume elsewhere. */
const closeGrace = "250 millis"

/** Listens until the scope closes. Answers with the port, which port 0 leaves to the system. */
export const listen = (
  door: Door,
  port: number,
): Effect.Effect<number, Refusal, Desk | Scope.Scope> =>
  Effect.gen(function* () {
    const server = yield* Layer.build(
      NodeHttpServer.layer(() => createServer(), {
        host: door.host,
        port,
        gracefulShutdownTimeout: closeGrace,
      }),
    ).pipe(Effect.mapError((error) => notListening(error, door.host, port)))
    const serve = HttpRouter.serve(routes(door), { disableLogger: true, disableListenLog: true })
    yield* Layer.build(serve).pipe(Effect.provide(server))
    const { address } = Context.get(server, HttpServer.HttpServer)
    return "port" in address ? address.port : port
  })

/** The base of every path, as a person types it. */
export const urlOf = (host: string, port: number): string =>
  `http://${host.includes(":") ? `[${host}]` : host}:${port}`

const notListening = (error: ServeError, host: string, port: number): Refusal => {
  const { code } = error.cause as { readonly code?: string }
  return new Refusal({
    code: "held",
    message:
      code === "EADDRINUSE"
        ? `Port ${port} on ${host} is in use by another program.`
        : `The server cannot listen on ${host}:${port}: ${code ?? String(error.cause)}.`,
    received: `${host}:${port}`,
    expected: "an address of this machine and a free port",
    hint: "Choose another with `horolog serve --port 4800`, or let the system choose with --port 0.",
  })
}
