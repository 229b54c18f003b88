import { describe, expect, test } from "vitest"
import type { Recorded } from "../../../events/envelope.ts"
import type { Fact } from "../../../events/fact.ts"
import { isShown, jsonLine, lineOf, textLine } from "../../../src/serve/lines.ts"

const at = Date.UTC(2026, 10, 24, 9)
const plan = { revision: 1, after: at, dueAt: at + 60_000, wakeAt: at + 60_000, planner: "p" }

const recorded = (fact: Fact, stream = "job-job_1"): Recorded => ({
  position: 7,
  stream,
  version: 1,
  eventId: "c/0",
  at,
  fact,
  meta: {
    actor: { kind: "user", id: "u" },
    command: { id: "c", name: "n" },
    correlationId: "c",
    instance: "i",
    app: "0",
  },
})

const line = (fact: Fact, stream?: string) => {
  const told = lineOf(recorded(fact, stream))
  if (told === undefined) throw new Error(`${fact.type} is silent`)
  return told
}

const started: Fact = {
  type: "run.started",
  runId: "run_1",
  revision: 1,
  dueAt: at,
  attempt: 1,
  trigger: "schedule",
  lateMs: 3,
  deadlineAt: at,
  node: "n",
  bootId: "b",
  plan: null,
}

describe("a line for everybody", () => {
  test("never holds a prompt, a name, an answer or the text of an error", () => {
    const secret = "hunter2"
    const told = [
      line({
        type: "job.added",
        jobId: "job_1",
        owner: { channel: "cli_chat", chatId: secret },
        key: secret,
        name: secret,
        prompt: secret,
        schedule: { type: "every", everyMs: 1, anchorAt: 0, tz: "UTC" },
        channel: "cli_chat",
        chatId: secret,
        model: secret,
        deleteAfterRun: false,
        policy: {} as never,
        plan,
      }),
      line({
        type: "run.failed",
        runId: "run_1",
        error: { name: "AgentFailed", message: secret, class: "fatal" },
        durationMs: 5,
      }),
      line({ type: "run.cancelled", runId: "run_1", reason: secret, durationMs: 5 }),
      line({
        type: "run.succeeded",
        runId: "run_1",
        output: secret,
        outputLength: 7,
        durationMs: 5,
        usage: null,
        deliverTo: { channel: "file", chatId: secret },
      }),
      line(
        {
          type: "delivery.failed",
          jobId: "job_1",
          deliveryId: "run_1/delivery",
          channel: "file",
          chatId: secret,
          attempt: 1,
          error: secret,
        },
        "run-run_1",
      ),
    ]
    for (const one of told) expect(textLine(one) + jsonLine(one)).not.toContain(secret)
  })
})

describe("a line", () => {
  test("tells a start with job, run and lateness", () => {
    expect(textLine(line(started))).toBe(
      "2026-11-24T09:00:00.000Z info  run.started          job=job_1 run=run_1 due=2026-11-24T09:00:00.000Z late_ms=3 attempt=1 by=schedule",
    )
  })

  test("is one JSON object for machines", () => {
    expect(JSON.parse(jsonLine(line(started)))).toEqual({
      at: "2026-11-24T09:00:00.000Z",
      level: "info",
      event: "run.started",
      job_id: "job_1",
      run_id: "run_1",
      due: "2026-11-24T09:00:00.000Z",
      late_ms: 3,
      attempt: 1,
      by: "schedule",
    })
  })

  test("finds job and run of a delivery", () => {
    const delivered = line(
      {
        type: "delivery.succeeded",
        jobId: "job_1",
        deliveryId: "run_1/delivery",
        channel: "file",
        chatId: "x",
        attempt: 2,
        receipt: null,
      },
      "run-run_1",
    )
    expect(delivered).toMatchObject({ jobId: "job_1", runId: "run_1", level: "info" })
  })

  test("warns of what did not run, with the span and the reason", () => {
    const skipped = line({
      type: "occurrences.skipped",
      revision: 1,
      from: at,
      to: at,
      count: 1,
      reason: "overlap",
    })
    expect(skipped.level).toBe("warn")
    expect(textLine(skipped)).toContain("count=1 reason=overlap")
  })

  test("is hidden below the level asked for", () => {
    const debug = line({ type: "run.spawned", jobId: "job_1", pid: 1, processStartedAt: null })
    expect(isShown(debug, "info")).toBe(false)
    expect(isShown(debug, "debug")).toBe(true)
    expect(isShown(line(started), "warn")).toBe(false)
  })

  test("is not made of chat", () => {
    const title: Fact = { type: "session.titled", title: "hunter2" }
    expect(lineOf(recorded(title, "session-cli_chat:default"))).toBeUndefined()
  })
})
