import { expect, test } from "vitest"
import { runWorld } from "./world.ts"
import type { Script } from "./script.ts"

/** A slot is settled and not free yet when the alarm rings; whoever is told of it then rests in vain. */
const restless: Script = {
  seed: 379,
  profile: "rush",
  startAt: 1748373767090,
  lengthMs: 18000000,
  jobsCount: 8,
  settings: {
    isTerse: false,
    maxConcurrent: 1,
    pollIntervalMs: 60_000,
    stopGraceMs: 30_000,
    checkpointBytes: 250_000,
    runsPerJobMax: null,
    textDaysMax: null,
    shuffles: false,
    opsMax: 2_048,
    isHasty: false,
  },
  decisions: [
    {
      id: 3,
      atMs: 238_360,
      happening: {
        type: "command",
        command: {
          type: "add",
          slot: 4,
          schedule: { cron: "*/1 * * * *", tz: "Europe/Vienna" },
          policy: {
            timeoutMs: 10_000,
            onInterrupt: "skip",
            disableAfterFailures: 2,
            catchUp: { mode: "all", windowMs: 4_016_420, countMax: 5 },
            overlap: "cancel-previous",
            alert: { after: 2, cooldownMs: 1_000 },
          },
          channel: "cli_chat",
          deleteAfterRun: false,
          enabled: true,
        },
        by: "user",
      },
    },
    { id: 13, atMs: 2_641_968, happening: { type: "step", byMs: 10_320_000 } },
    { id: 24, atMs: 3_671_654, happening: { type: "step", byMs: 3_420_000 } },
    {
      id: 25,
      atMs: 3_849_012,
      happening: {
        type: "command",
        command: {
          type: "add",
          slot: 1,
          schedule: { everyMs: 39_000 },
          policy: {
            retry: { attemptsMax: 3, delaysMs: [60_000, 1_800_000, 7_200_000] },
            onInterrupt: "skip",
            catchUp: { mode: "latest", windowMs: 6_239_826, countMax: 11 },
            overlap: "queue-one",
          },
          channel: "webhook",
          deleteAfterRun: false,
          enabled: true,
        },
        by: "user",
      },
    },
    { id: 37, atMs: 6_395_965, happening: { type: "toggle" } },
  ],
}

test("a world that was broken once: a job rested before each occurrence of its backlog", async () => {
  const { violation, counts } = await runWorld(restless)
  expect(violation).toBeUndefined()
  expect(counts.runs).toBeGreaterThan(100)
})
