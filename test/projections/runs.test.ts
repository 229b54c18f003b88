import { describe, expect, test } from "vitest"
import type { Recorded } from "../../events/envelope.ts"
import type { Fact } from "../../events/fact.ts"
import { jobStream, runStream, systemStream } from "../../events/stream.ts"
import { cut } from "../../projections/cut.ts"
import { deliveries } from "../../projections/deliveries.ts"
import { jobKeys } from "../../projections/job-keys.ts"
import { jobRuns } from "../../projections/job-runs.ts"
import { project, touched, type Projection } from "../../projections/projection.ts"
import { failed, metaOf, succeeded } from "../contract/log-batches.ts"
import { added, chat, jobId, noon, runId, started } from "../kit/samples.ts"

const inJob = jobStream(jobId)
const inRun = runStream(runId)

const recorded = (fact: Fact, stream: string, at = noon): Recorded => ({
  position: 1,
  stream,
  version: 1,
  eventId: "test/0",
  at,
  fact,
  meta: metaOf("test"),
})

/** All rows of a table after these facts, by key. */
const rowsAfter = <Row, Family extends Fact>(
  projection: Projection<Row, Family>,
  facts: ReadonlyArray<readonly [Fact, string]>,
): ReadonlyMap<string, Row> => {
  const rows = new Map<string, Row>()
  facts.forEach(([fact, stream], index) => {
    const one = recorded(fact, stream, noon + index)
    for (const key of touched(projection, one as never)) {
      const row = project(projection, rows.get(key), one)
      if (row === undefined) rows.delete(key)
      else rows.set(key, row)
    }
  })
  return rows
}

const begun: readonly [Fact, string] = [started({ lateMs: 3 }), inJob]
const runAfter = (...facts: ReadonlyArray<readonly [Fact, string]>) =>
  rowsAfter(jobRuns, [begun, ...facts]).get(runId)
const delivery = { jobId, deliveryId: `${runId}/delivery`, ...chat, attempt: 1 }
const ends: ReadonlyArray<Fact> = [
  { type: "delivery.succeeded", ...delivery, receipt: null },
  { type: "delivery.failed", ...delivery, error: "no such chat" },
  { type: "delivery.unknown", ...delivery },
]

describe("a run in job_runs", () => {
  test("is running from its start on", () => {
    expect(runAfter()).toEqual({
      id: runId,
      job_id: jobId,
      started_at: noon,
      finished_at: null,
      status: "running",
      output: null,
      error: null,
      duration_ms: null,
      due_at: noon,
      revision: 1,
      attempt: 1,
      trigger: "schedule",
      late_ms: 3,
      deadline_at: noon + 600_000,
      error_class: null,
      output_length: null,
      usage: null,
      boot_id: "boot_1",
      pid: null,
      process_started_at: null,
      delivery: null,
    })
  })

  test("holds the answer, and that it is on its way", () => {
    expect(runAfter([succeeded(runId), inJob])).toMatchObject({
      status: "ok",
      output: "3 mails",
      output_length: 7,
      finished_at: noon + 1,
      duration_ms: 5,
      usage: '{"inputTokens":3,"outputTokens":2}',
      delivery: "pending",
    })
    expect(runAfter([succeeded(runId, { deliverTo: null, usage: null }), inJob])).toMatchObject({
      delivery: null,
      usage: null,
    })
  })

  test("cuts an answer of 10,000 emoji at 8,000 code points (behaviour 43)", () => {
    const output = "\u{1F600}".repeat(10_000)
    const row = runAfter([succeeded(runId, { output, outputLength: 10_000 }), inJob])
    expect(row?.output).toBe(`${"\u{1F600}".repeat(8_000)}...[truncated]`)
    expect(row?.output_length).toBe(10_000)
  })

  test.each([
    [
      failed(runId, "no network"),
      { status: "error", error: "no network", error_class: "retryable" },
    ],
    [
      { type: "run.timed-out", runId, durationMs: 9 } as const,
      { status: "timed-out", error: "timed out after 9 ms", duration_ms: 9 },
    ],
    [
      { type: "run.cancelled", runId, reason: "enough", durationMs: 1 } as const,
      { status: "cancelled", error: "enough" },
    ],
    [
      { type: "run.gated", runId, reason: "nothing new", durationMs: 1 } as const,
      { status: "gated", output: "nothing new", error: null },
    ],
    [
      { type: "run.interrupted", runId, reason: "shutdown" } as const,
      { status: "interrupted", error: "interrupted: shutdown", duration_ms: 1 },
    ],
  ])("says how it ended: %j", (fact, expected) => {
    expect(runAfter([fact, inJob])).toMatchObject({ ...expected, finished_at: noon + 1 })
  })

  test("took no negative time when the clock stepped back", () => {
    const fact: Fact = { type: "run.interrupted", runId, reason: "crash" }
    const rows = [started(), fact].reduce<ReturnType<typeof runAfter>>(
      (row, one, index) => project(jobRuns, row, recorded(one, inJob, noon - index * 5_000)),
      undefined,
    )
    expect(rows?.duration_ms).toBe(0)
  })

  test("is what it was when an answer comes late (behaviour 41)", () => {
    const late: Fact = { type: "run.answered-late", runId, outcome: "succeeded" }
    const timedOut: Fact = { type: "run.timed-out", runId, durationMs: 9 }
    expect(runAfter([timedOut, inJob], [late, inJob])).toEqual(runAfter([timedOut, inJob]))
  })

  test("names its process, and what became of its answer", () => {
    const spawned: Fact = { type: "run.spawned", jobId, pid: 7, processStartedAt: noon }
    expect(runAfter([spawned, inRun])).toMatchObject({ pid: 7, process_started_at: noon })
    const words = ends.map((end) => runAfter([succeeded(runId), inJob], [end, inRun])?.delivery)
    expect(words).toEqual(["delivered", "failed", "unknown"])
  })

  test("stays when its job is removed, and goes when it is pruned", () => {
    const removed: Fact = { type: "job.removed", reason: "manual", previousDueAt: null }
    const pruned: Fact = { type: "runs.pruned", runIds: [runId, "run_other"] }
    const spawned: Fact = { type: "run.spawned", jobId, pid: 7, processStartedAt: noon }
    expect(runAfter([removed, inJob])).toBeDefined()
    expect(runAfter([pruned, systemStream])).toBeUndefined()
    expect(runAfter([pruned, systemStream], [spawned, inRun])).toBeUndefined()
  })
})

describe("an answer in deliveries", () => {
  const after = (...facts: ReadonlyArray<readonly [Fact, string]>) => [
    ...rowsAfter(deliveries, [begun, [succeeded(runId), inJob], ...facts]).values(),
  ]
  const attempted: Fact = { type: "delivery.attempted", ...delivery, attempt: 2 }

  test("waits from the moment the run is well", () => {
    expect(after()).toEqual([
      {
        id: `${runId}/delivery`,
        job_id: jobId,
        run_id: runId,
        channel: "cli_chat",
        chat_id: "default",
        attempt: 0,
        status: "pending",
      },
    ])
    expect(after([attempted, inRun])).toMatchObject([{ attempt: 2, status: "attempted" }])
  })

  test("is gone when it has arrived, failed for good, or nobody knows", () => {
    for (const end of ends) {
      expect(after([attempted, inRun], [end, inRun])).toEqual([])
      expect(after([end, inRun], [attempted, inRun])).toEqual([])
    }
  })

  test("is none when there is nowhere to send it, or the run went wrong", () => {
    const silent = succeeded(runId, { deliverTo: null })
    expect(rowsAfter(deliveries, [begun, [silent, inJob]]).size).toBe(0)
    expect(rowsAfter(deliveries, [begun, [failed(runId, "x"), inJob]]).size).toBe(0)
  })
})

describe("a key in job_keys", () => {
  const removed: Fact = { type: "job.removed", reason: "manual", previousDueAt: null }
  test("is held from the adding of its job to the removal", () => {
    const keyed: readonly [Fact, string] = [added({ key: "k" }), inJob]
    expect([...rowsAfter(jobKeys, [keyed]).values()]).toEqual([{ job_id: jobId, key: "k" }])
    expect(rowsAfter(jobKeys, [keyed, [removed, inJob]]).size).toBe(0)
    expect(rowsAfter(jobKeys, [[added({ key: null }), inJob]]).size).toBe(0)
  })
})

describe("a text is cut", () => {
  test.each([
    ["", 3, ""],
    ["abc", 3, "abc"],
    ["abcd", 3, "abc...[truncated]"],
    ["\u{1F600}\u{1F600}", 2, "\u{1F600}\u{1F600}"],
    ["\u{1F600}\u{1F600}\u{1F600}", 2, "\u{1F600}\u{1F600}...[truncated]"],
    ["\ud83d\ud83d\ud83d", 2, "\ud83d\ud83d...[truncated]"],
    ["a\ud83d", 1, "a...[truncated]"],
    ["\udc00\udc00a", 2, "\udc00\udc00...[truncated]"],
  ])("%j at %i: %j, never within a character", (text, max, expected) => {
    expect(cut(text, max)).toBe(expected)
  })
})
