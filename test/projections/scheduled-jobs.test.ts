import { describe, expect, test } from "vitest"
import type { Recorded } from "../../events/envelope.ts"
import type { JobFact } from "../../events/fact.ts"
import { jobStream } from "../../events/stream.ts"
import { project, touched } from "../../projections/projection.ts"
import { scheduledJobs, type ScheduledJobRow } from "../../projections/scheduled-jobs.ts"
import { failed, metaOf, rescheduled, succeeded } from "../contract/log-batches.ts"
import {
  added,
  addedOnce,
  daily,
  hour,
  hourly,
  jobId,
  minute,
  noon,
  once,
  plan,
  runId,
  started,
  startedByHand,
} from "../kit/samples.ts"

const recorded = (fact: JobFact, version: number, at = noon): Recorded => ({
  position: version,
  stream: jobStream(jobId),
  version,
  eventId: `test/${version}`,
  at,
  fact,
  meta: metaOf("test"),
})

/** The row after these facts, one a minute from an hour before noon on. */
const after = (...facts: ReadonlyArray<JobFact>): ScheduledJobRow | undefined =>
  facts.reduce<ScheduledJobRow | undefined>(
    (row, fact, index) =>
      project(scheduledJobs, row, recorded(fact, index + 1, noon - hour + index * minute)),
    undefined,
  )

const asleep = { wake_at: null, wake_due_at: null, wake_attempt: null }
const retry: JobFact = {
  type: "retry.planned",
  revision: 1,
  dueAt: noon,
  attempt: 2,
  wakeAt: noon + 30_000,
  reason: "failed",
}
const disabled: JobFact = { type: "job.disabled", reason: "manual", previousDueAt: noon }
const enabled: JobFact = {
  type: "job.enabled",
  plan: plan(noon + 5 * hour, { revision: 2 }),
  previousDueAt: null,
}
const removed: JobFact = { type: "job.removed", reason: "manual", previousDueAt: noon }

describe("a job in scheduled_jobs", () => {
  test("is there once it is added, and waits for its plan", () => {
    expect(after(added({ key: "k", model: "opus", deleteAfterRun: true }))).toMatchObject({
      id: jobId,
      name: "digest",
      prompt: "Summarise my inbox.",
      channel: "cli_chat",
      chat_id: "default",
      model: "opus",
      enabled: 1,
      delete_after_run: 1,
      next_run_at: noon,
      last_run_at: null,
      last_status: null,
      created_at: noon - hour,
      updated_at: noon - hour,
      state: "enabled",
      revision: 1,
      wake_at: noon,
      wake_due_at: noon,
      wake_attempt: 1,
      plan: JSON.stringify(plan(noon)),
      open_run_id: null,
      failures_in_row: 0,
      owner_channel: "cli_chat",
      owner_chat_id: "default",
      key: "k",
      version: 1,
    })
  })

  test("shows its schedule as tools send it (behaviour 87)", () => {
    expect(JSON.parse(after(added())?.schedule ?? "")).toEqual({
      type: "every",
      every_ms: hour,
      anchor_at: noon,
      tz: "UTC",
    })
    expect(JSON.parse(after(addedOnce())?.schedule ?? "")).toEqual(once)
    expect(JSON.parse(after(added({ schedule: daily }))?.schedule ?? "")).toEqual(daily)
  })

  test("wakes nobody while it runs, and knows when it began", () => {
    expect(after(added(), started())).toMatchObject({
      ...asleep,
      state: "running",
      open_run_id: runId,
      last_run_at: noon - hour + minute,
      last_status: null,
      next_run_at: noon + hour,
      updated_at: noon - hour,
    })
  })

  test("waits for its next occurrence when the run is settled", () => {
    const row = after(added(), started(), succeeded(runId), rescheduled(noon + hour))
    expect(row).toMatchObject({
      state: "rescheduled",
      open_run_id: null,
      last_status: "ok",
      last_error: null,
      next_run_at: noon + hour,
      wake_at: noon + hour,
      wake_due_at: noon + hour,
      wake_attempt: 1,
      updated_at: noon - hour,
      version: 4,
    })
  })

  test.each<readonly [JobFact, Partial<ScheduledJobRow>]>([
    [
      failed(runId, "no network"),
      { last_status: "error", last_error: "no network", failures_in_row: 1 },
    ],
    [
      { type: "run.timed-out", runId, durationMs: 9 },
      { last_status: "timed-out", last_error: "timed out after 9 ms", failures_in_row: 1 },
    ],
    [
      { type: "run.cancelled", runId, reason: "enough", durationMs: 1 },
      { last_status: "cancelled", last_error: "enough", failures_in_row: 0 },
    ],
    [
      { type: "run.interrupted", runId, reason: "crash" },
      { last_status: "interrupted", last_error: "interrupted: crash", failures_in_row: 0 },
    ],
    [
      { type: "run.gated", runId, reason: "nothing new", durationMs: 1 },
      { last_status: "gated", last_error: null, failures_in_row: 0 },
    ],
  ])("says how its last run ended: %j", (fact, expected) => {
    expect(after(added(), started(), fact, rescheduled(noon + hour))).toMatchObject(expected)
  })

  test("counts failures in a row until one run is well", () => {
    const turn = (end: JobFact) => [started(), end, rescheduled(noon)]
    const twice = [...turn(failed(runId, "a")), ...turn(failed(runId, "b"))]
    expect(after(added(), ...twice)).toMatchObject({ failures_in_row: 2, last_error: "b" })
    expect(after(added(), ...twice, ...turn(succeeded(runId)))).toMatchObject({
      failures_in_row: 0,
      last_error: null,
    })
  })

  test("wakes for a retry before its natural plan, which stands", () => {
    const row = after(added(), started(), failed(runId, "a"), retry)
    expect(row).toMatchObject({
      state: "rescheduled",
      open_run_id: null,
      wake_at: noon + 30_000,
      wake_due_at: noon,
      wake_attempt: 2,
      next_run_at: noon + hour,
      plan: JSON.stringify(plan(noon + hour)),
    })
    const replanned: JobFact = {
      type: "job.replanned",
      plan: plan(noon + 2 * hour),
      previousDueAt: null,
      reason: "zone-data",
    }
    expect(after(added(), started(), failed(runId, "a"), retry, replanned)).toMatchObject({
      wake_at: noon + 30_000,
      wake_attempt: 2,
      next_run_at: noon + 2 * hour,
    })
    const passed = { ...replanned, reason: "skipped" } as const
    expect(after(added(), started(), failed(runId, "a"), retry, passed)).toMatchObject({
      wake_at: noon + 2 * hour,
      wake_attempt: 1,
    })
  })

  test("has something planned while only a retry is", () => {
    const row = after(addedOnce(), started({ plan: null }), failed(runId, "a"), retry)
    expect(row).toMatchObject({ plan: null, next_run_at: noon, wake_at: noon + 30_000 })
  })

  test("has nothing planned once it is disabled", () => {
    expect(after(added(), disabled)).toMatchObject({
      ...asleep,
      enabled: 0,
      state: "disabled",
      disabled_reason: "manual",
      next_run_at: null,
      plan: null,
      updated_at: noon - hour + minute,
    })
  })

  test("keeps the start of its last run when it is enabled or updated (behaviour 42)", () => {
    const settled = [added(), started(), failed(runId, "a"), rescheduled(noon)]
    const renamed: JobFact = {
      type: "job.updated",
      patch: { name: "b" },
      before: {},
      previousDueAt: null,
      plan: null,
    }
    expect(after(...settled, disabled, enabled, renamed)).toMatchObject({
      name: "b",
      last_run_at: noon - hour + minute,
      last_status: "error",
      enabled: 1,
      state: "enabled",
      disabled_reason: null,
      failures_in_row: 0,
      revision: 2,
      next_run_at: noon + 5 * hour,
      wake_at: noon + 5 * hour,
      updated_at: noon - hour + 6 * minute,
    })
  })

  test("is run by hand while disabled, and is no less disabled for it", () => {
    const by = startedByHand(noon, null)
    const running = after(added(), disabled, by)
    expect(running).toMatchObject({ ...asleep, state: "running", enabled: 0, next_run_at: null })
    expect(after(added(), disabled, by, succeeded(runId), disabled)).toMatchObject({
      state: "disabled",
      enabled: 0,
      last_status: "ok",
      disabled_reason: "manual",
      updated_at: noon - hour + minute,
    })
  })

  test("changes under a run, but wakes only after it (behaviour 40)", () => {
    const updated: JobFact = {
      type: "job.updated",
      patch: { schedule: daily, prompt: "New.", model: null, deleteAfterRun: true },
      before: { schedule: hourly },
      previousDueAt: noon + hour,
      plan: plan(noon + 24 * hour, { revision: 2 }),
    }
    const row = after(added({ model: "opus" }), started(), updated)
    expect(row).toMatchObject({
      ...asleep,
      state: "running",
      prompt: "New.",
      model: null,
      delete_after_run: 1,
      revision: 2,
      next_run_at: noon + 24 * hour,
    })
    expect(JSON.parse(row?.schedule ?? "")).toEqual(daily)
  })

  test("forgets a retry of its former schedule", () => {
    const updated: JobFact = {
      type: "job.updated",
      patch: { schedule: daily },
      before: {},
      previousDueAt: noon,
      plan: plan(noon + 24 * hour, { revision: 2 }),
    }
    expect(after(added(), started(), failed(runId, "a"), retry, updated)).toMatchObject({
      wake_at: noon + 24 * hour,
      wake_attempt: 1,
    })
  })

  test("has no row once it is removed, whatever comes after", () => {
    expect(after(added(), removed)).toBeUndefined()
    const late: JobFact = { type: "run.answered-late", runId, outcome: "succeeded" }
    for (const fact of Object.values([
      disabled,
      enabled,
      retry,
      started(),
      succeeded(runId),
      late,
    ])) {
      expect(after(added(), removed, fact)).toBeUndefined()
    }
  })

  test("has seen every fact of its stream, also those that change nothing", () => {
    const skipped: JobFact = {
      type: "occurrences.skipped",
      revision: 1,
      from: noon,
      to: noon,
      count: 1,
      reason: "overlap",
    }
    const row = after(added(), started(), skipped, { type: "job.disable-requested" })
    expect(row).toMatchObject({ version: 4, state: "running" })
  })

  test("is no business of other streams", () => {
    const elsewhere = { ...recorded(added(), 1), stream: "system" }
    expect(touched(scheduledJobs, elsewhere as never)).toEqual([])
  })
})
