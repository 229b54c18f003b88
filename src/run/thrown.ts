import { Schema } from "effect"
import { ErrorClass } from "../../events/run.ts"
import { EpochMs } from "../../events/time.ts"
import { AgentFailed } from "./agent.ts"

/** What an agent's function threw, as a failure of the run. What the error says of itself is kept. */
export const failureOf = (agent: string, thrown: unknown): AgentFailed => {
  if (thrown instanceof AgentFailed) return thrown
  const { name, class: said, retryAt } = isRecord(thrown) ? thrown : {}
  return AgentFailed.make({
    name: typeof name === "string" && name !== "" ? name : "Error",
    message: `The agent ${agent} failed: ${messagesOf(thrown).join(": ")}`,
    class: isErrorClass(said) ? said : passes(thrown) ? "retryable" : "fatal",
    ...(isEpochMs(retryAt) && { retryAt }),
  })
}

const isErrorClass = Schema.is(ErrorClass)
const isEpochMs = Schema.is(EpochMs)

/** Errors stand in one another; a bound, because nothing forbids a circle. */
const causesMax = 5

const causesOf = (thrown: unknown): ReadonlyArray<unknown> => {
  const causes: Array<unknown> = []
  for (let one = thrown; one !== undefined && causes.length < causesMax;) {
    causes.push(one)
    one = isRecord(one) ? one["cause"] : undefined
  }
  return causes
}

/** "fetch failed" alone helps nobody: the reason stands in its cause. */
const messagesOf = (thrown: unknown): ReadonlyArray<string> =>
  causesOf(thrown).map((one) =>
    one instanceof Error ? one.message || one.name : typeof one === "string" ? one : inJson(one),
  )

const inJson = (thrown: unknown): string => {
  try {
    return JSON.stringify(thrown) ?? String(thrown)
  } catch {
    return String(thrown)
  }
}

/** Whether it may well be over the next time: the network, a busy server, a time limit. */
const passes = (thrown: unknown): boolean =>
  causesOf(thrown).some(
    (one) =>
      isRecord(one) &&
      (networkCodes.has(String(one["code"])) ||
        busyStatus(one["status"] ?? one["statusCode"]) ||
        one["name"] === "TimeoutError"),
  )

const networkCodes = new Set([
  "ECONNRESET",
  "ECONNREFUSED",
  "ECONNABORTED",
  "ETIMEDOUT",
  "ESOCKETTIMEDOUT",
  "EPIPE",
  "EAI_AGAIN",
  "ENETDOWN",
  "ENETUNREACH",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  "UND_ERR_SOCKET",
])

/** Request timeout, too many requests, and whatever is the server's own fault. */
const busyStatus = (status: unknown): boolean =>
  status === 408 || status === 429 || (typeof status === "number" && status >= 500 && status < 600)

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null
