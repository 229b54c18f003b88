import type { Parameter, ToolDefinition } from "./tool.ts"

/** The keys of a policy, as a model reads them: those that this release carries out. */
const policyKeys =
  "catch_up {mode none|latest|all, window_ms, count_max}, overlap skip|queue-one|cancel-previous, timeout_ms (600000), retry {attempts_max, delays_ms}, on_interrupt retry|skip, disable_after_failures, alert {after, cooldown_ms} or off, jitter_ms, start_at, end_at, runs_max, may_write_schedule, agent"

const text = (about?: string): Parameter => ({
  kind: "text",
  ...(about !== undefined && { about }),
})
const jobId: Parameter = { kind: "text", about: "From cron_list." }
const limit: Parameter = { kind: "count", about: "At most 200; default 20." }
const cursor: Parameter = { kind: "text", about: "next_cursor of the last page." }

const when = {
  in: { kind: "length", about: "Once, from now: 20m, 1h30m, 2d." },
  at: { kind: "time", about: "Once, at an ISO 8601 time such as 2026-12-01T09:00 (local to tz)." },
  every: { kind: "length", about: "Repeatedly: 30m, 1h, 1d." },
  cron: { kind: "text", about: "Repeatedly: 0 9 * * 1-5, or @daily." },
  tz: { kind: "text", about: "IANA zone for cron, and for at without offset." },
} as const

const addSchedule = {
  kind: "schedule",
  about:
    'Instead of these: {"type":"every","every_ms":3600000}, {"type":"at","at":<epoch ms>} or {"type":"cron","expr":"0 9 * * *","tz":"Asia/Shanghai"}.',
} as const

const whenAgain = {
  in: { kind: "length" },
  at: { kind: "time" },
  every: { kind: "length" },
  cron: { kind: "text" },
  tz: { kind: "text" },
  schedule: { kind: "schedule" },
} as const

const cronAdd: ToolDefinition = {
  name: "cron_add",
  operation: "add",
  description:
    "Schedule a prompt to run later or repeatedly; the answer goes to the chat. Give exactly one of in, at, every, cron, schedule. Prefer in for times from now. Check the next times it answers with. To change a job use cron_update.",
  parameters: {
    prompt: { kind: "prompt", about: "What to do at that time, without the time itself." },
    ...when,
    schedule: addSchedule,
    name: text("Short label."),
    channel: text("Default: this chat."),
    chat_id: text("REQUIRED with channel."),
    model: text(),
    delete_after_run: { kind: "flag", about: "Remove it after success." },
    key: text("Your own id for the job: adding it twice makes one job."),
    on_exists: { kind: "word", values: ["return", "update"], about: "When the key is taken." },
    policy: { kind: "policy", about: `Keys: ${policyKeys}.` },
  },
  required: ["prompt"],
}

const cronList: ToolDefinition = {
  name: "cron_list",
  operation: "list",
  description:
    "List the jobs of this chat, next to run first. Take ids from here, never guess one. Changes nothing.",
  parameters: {
    status: { kind: "word", values: ["all", "enabled", "disabled"] },
    limit,
    cursor,
  },
  required: [],
}

const cronRemove: ToolDefinition = {
  name: "cron_remove",
  operation: "remove",
  description: "Delete a job for good; its past runs stay on record.",
  parameters: { job_id: jobId },
  required: ["job_id"],
}

const cronEnable: ToolDefinition = {
  name: "cron_enable",
  operation: "enable",
  description: "Let a disabled job run again, planned from now on.",
  parameters: { job_id: jobId },
  required: ["job_id"],
}

const cronDisable: ToolDefinition = {
  name: "cron_disable",
  operation: "disable",
  description: "Stop a job from running, and keep it.",
  parameters: { job_id: jobId },
  required: ["job_id"],
}

const cronUpdate: ToolDefinition = {
  name: "cron_update",
  operation: "update",
  description:
    "Change only the fields given, as in cron_add. Blank changes nothing; null clears name, model, policy keys, channel. To stop or resume a job use cron_disable, cron_enable.",
  parameters: {
    job_id: jobId,
    prompt: { kind: "prompt" },
    ...whenAgain,
    name: text(),
    channel: text(),
    chat_id: text(),
    model: text(),
    delete_after_run: { kind: "flag" },
    policy: { kind: "policy" },
  },
  required: ["job_id"],
}

const cronRun: ToolDefinition = {
  name: "cron_run",
  operation: "run",
  description:
    "Run a job now; its plan stays. Answers with a run id at once. Do not wait or poll: the answer goes to the job's chat.",
  parameters: { job_id: jobId },
  required: ["job_id"],
}

const cronRuns: ToolDefinition = {
  name: "cron_runs",
  operation: "runs",
  description: "List what ran, latest first, with outcome and the beginning of the answer.",
  parameters: {
    job_id: { kind: "text", about: "Only runs of this job." },
    status: {
      kind: "word",
      values: ["running", "ok", "error", "timed-out", "cancelled", "interrupted", "gated"],
    },
    limit,
    cursor,
  },
  required: [],
}

const cronPreview: ToolDefinition = {
  name: "cron_preview",
  operation: "next",
  description:
    "Say when a schedule would run, without storing anything. Give one of in, at, every, cron, schedule (as in cron_add), or job_id.",
  parameters: {
    ...whenAgain,
    job_id: { kind: "text" },
    count: { kind: "count", about: "How many times; default 5." },
  },
  required: [],
}

const cronWhy: ToolDefinition = {
  name: "cron_why",
  operation: "why",
  description:
    "Say why a job ran at a time, or did not: ran, skipped and why, not a time of its schedule, still to come, disabled or changed then, and by whom. Changes nothing.",
  parameters: {
    job_id: jobId,
    time: {
      kind: "time",
      about: "ISO 8601 such as 2026-12-01T09:00 (local to the job), or with offset.",
    },
  },
  required: ["job_id", "time"],
}

/** Every tool, those of the seed list first. */
export const toolDefinitions: ReadonlyArray<ToolDefinition> = [
  cronAdd,
  cronList,
  cronRemove,
  cronEnable,
  cronDisable,
  cronUpdate,
  cronRun,
  cronRuns,
  cronPreview,
  cronWhy,
]
