import { createHash, timingSafeEqual } from "node:crypto"

/** Why a request is turned away before anybody reads it. */
export interface TurnedAway {
  readonly status: 401 | 403
  readonly code: "unauthorized" | "bad-host" | "bad-origin"
  readonly message: string
  readonly received: string | null
  readonly expected: string
  readonly hint: string
}

type Headers = Readonly<Record<string, string | undefined>>

/**
 * Lets a request in, or says why not. A page in a browser must not reach this server through a name
 * that somebody else points here (Host), nor from another site (Origin).
 */
export const guard = (
  headers: Headers,
  server: { readonly host: string; readonly token: string },
): TurnedAway | undefined => guardAddress(headers, server.host) ?? guardToken(headers, server.token)

/** The checks that need no token: for what tells nothing, such as a health check. */
export const guardAddress = (headers: Headers, bound: string): TurnedAway | undefined => {
  const host = headers["host"]
  if (!isOwn(nameOf(host), bound)) return badHost(host, bound)
  const origin = headers["origin"]
  if (origin !== undefined && !isOwn(nameOfOrigin(origin), bound)) return badOrigin(origin)
  return undefined
}

const guardToken = (headers: Headers, token: string): TurnedAway | undefined => {
  const given = /^Bearer (\S+)$/i.exec(headers["authorization"] ?? "")?.[1]
  if (given !== undefined && sameSecret(given, token)) return undefined
  return {
    status: 401,
    code: "unauthorized",
    message: given === undefined ? "No token was sent." : "The token is not this server's.",
    received: null,
    expected: "Authorization: Bearer <token>",
    hint: "The token stands in horolog.serve.json in the data folder.",
  }
}

/** Compared by digest, so that neither content nor length shows in the time it takes. */
const sameSecret = (given: string, expected: string): boolean =>
  timingSafeEqual(digest(given), digest(expected))

const digest = (text: string): Buffer => createHash("sha256").update(text).digest()

const loopback: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"])

const anyAddress: ReadonlySet<string> = new Set(["0.0.0.0", "::"])

/** Listening on every address, the server cannot know its names: then the token alone guards. */
const isOwn = (name: string | undefined, bound: string): boolean => {
  if (name === undefined) return false
  return loopback.has(name) || name === bound || name === `[${bound}]` || anyAddress.has(bound)
}

const nameOf = (host: string | undefined): string | undefined =>
  host === undefined ? undefined : /^(\[[^\]]+\]|[^:]+)(:\d+)?$/.exec(host)?.[1]?.toLowerCase()

const nameOfOrigin = (origin: string): string | undefined =>
  nameOf(/^https?:\/\/([^/]+)$/.exec(origin)?.[1])

const badHost = (host: string | undefined, bound: string): TurnedAway => ({
  status: 403,
  code: "bad-host",
  message: "The Host header names another machine.",
  received: host ?? null,
  expected: `${bound} or localhost`,
  hint: "Use the address that `horolog serve` printed.",
})

const badOrigin = (origin: string): TurnedAway => ({
  status: 403,
  code: "bad-origin",
  message: "Pages of other sites may not call this server.",
  received: origin,
  expected: "no Origin, or this server's own",
  hint: "Call from a program, or from the page this server serves.",
})
