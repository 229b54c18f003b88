/**
 * A test of one's own schedule: a year of it in milliseconds, without an agent and without a log.
 * Run it with `node examples/testing.ts`; outside this repository, import from "horolog/testing".
 */
import assert from "node:assert/strict"
import { simulate } from "../src/testing.ts"

const report = {
  name: "report",
  prompt: "Write the report",
  schedule: { cron: "30 2 * * *", tz: "America/New_York" },
  // With the usual ten minutes it would be disabled after ten failures: this test found that out.
  policy: { timeoutMs: 3 * 3_600_000 },
}
const digest = {
  name: "digest",
  prompt: "Read the news",
  schedule: { cron: "0 * * * *", tz: "America/New_York" },
}

const { runs, skipped, peaks, changes } = simulate({
  jobs: [report, digest],
  from: Date.parse("2026-01-01T05:00:00Z"),
  to: Date.parse("2027-01-01T05:00:00Z"),
  // The report takes two hours, the digest a minute.
  agent: ({ name }) => ({ takesMs: name === "report" ? 7_200_000 : 60_000 }),
  // The machine is down for a night in June.
  faults: [{ type: "crash", at: Date.parse("2026-06-10T03:30:00Z"), downMs: 8 * 3_600_000 }],
})

const reports = runs.filter(({ name }) => name === "report")
assert.equal(reports.length, 365, "a report for every day, also for the one that has no 02:30")
assert.deepEqual(
  skipped.map(({ name, count, reason }) => [name, count, reason]),
  [["digest", 7, "downtime"]],
)
assert.equal(peaks[0]?.count, 2)

for (const { name, tz, at, kind } of changes) {
  process.stdout.write(`${new Date(at).toISOString()} ${tz} ${name}: ${kind}\n`)
}
process.stdout.write(`${runs.length} runs, ${reports.length} of them reports\n`)
