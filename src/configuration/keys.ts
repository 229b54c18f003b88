/** What a value may be; `expected` in every error is said from it. */
export type Kind =
  | { readonly is: "choice"; readonly of: ReadonlyArray<string> }
  | { readonly is: "count"; readonly min: number; readonly max: number; readonly orForever?: true }
  | { readonly is: "switch" }
  | { readonly is: "text" }
  | { readonly is: "zone" }
  | { readonly is: "list" }
  | { readonly is: "table" }

/** One key of the configuration. Absent from everywhere, it has the value `fallback`. */
export interface Key {
  readonly path: string
  readonly kind: Kind
  readonly fallback: unknown
  readonly says: string
  /** Never shown: it may hold a password. */
  readonly secret?: true
  /** What the commented template shows; else the fallback. */
  readonly example?: string
}

const count = (min: number, max: number): Kind => ({ is: "count", min, max })
const countOrForever = (max: number): Kind => ({ is: "count", min: 1, max, orForever: true })

/** Every key there is, in the order people read them. Anything else is refused. */
export const keys: ReadonlyArray<Key> = [
  {
    path: "agent.kind",
    kind: { is: "choice", of: ["echo", "command"] },
    fallback: "echo",
    says: "who answers prompts: echo (answers with the prompt itself) or command (a program)",
  },
  {
    path: "agent.argv",
    kind: { is: "list" },
    fallback: [],
    says: "the program and its arguments; prompt on standard input, answer on standard output; {model} is replaced",
    example: '["my-agent", "--print", "--model", "{model}"]',
  },
  {
    path: "agent.cwd",
    kind: { is: "text" },
    fallback: null,
    says: "the folder it runs in; else the one horolog runs in",
    example: '"/home/me/notes"',
  },
  {
    path: "agent.env",
    kind: { is: "table" },
    fallback: {},
    says: "environment of the program, over horolog's own; never shown",
    secret: true,
    example: '{ MY_AGENT_KEY = "..." }',
  },
  {
    path: "agent.model",
    kind: { is: "text" },
    fallback: null,
    says: "the model for jobs that name none",
    example: '"small"',
  },
  {
    path: "agent.sees_all_jobs",
    kind: { is: "switch" },
    fallback: false,
    says: "whether agents see and change the jobs of every chat, not only of their own",
  },
  {
    path: "agent.shell.enabled",
    kind: { is: "switch" },
    fallback: false,
    says: "whether there is also the agent shell, which runs prompts as command lines; jobs name it, and only people may",
  },
  {
    path: "channels.cli_chat.enabled",
    kind: { is: "switch" },
    fallback: true,
    says: "answers are printed in the terminal that serves",
  },
  {
    path: "channels.file.folder",
    kind: { is: "text" },
    fallback: null,
    says: "answers are appended to <chat>.txt in this folder; without it there is no channel `file`",
    example: '"/home/me/answers"',
  },
  {
    path: "log.engine",
    kind: { is: "choice", of: ["sql.js", "native"] },
    fallback: "sql.js",
    says: "sql.js keeps the log in memory and a journal on disk; native is for logs too large for that",
  },
  {
    path: "retention.runs_per_job_max",
    kind: countOrForever(1_000_000),
    fallback: 1000,
    says: 'rows of runs kept for each job, or "forever"; facts are never deleted',
  },
  {
    path: "retention.text_days_max",
    kind: countOrForever(36_500),
    fallback: 90,
    says: 'days until the texts of runs are erased, or "forever"',
  },
  {
    path: "gateway.host",
    kind: { is: "text" },
    fallback: "127.0.0.1",
    says: "the address the server listens on",
  },
  {
    path: "gateway.port",
    kind: count(0, 65_535),
    fallback: 4747,
    says: "its port; 0 takes a free one",
  },
  {
    path: "gateway.scheduler.enabled",
    kind: { is: "switch" },
    fallback: true,
    says: "false: no clock and no cron tools; the tables are still there",
  },
  {
    path: "gateway.scheduler.poll_interval_secs",
    kind: count(1, 3600),
    fallback: 60,
    says: "the longest the alarm sleeps before it looks at the clocks again",
  },
  {
    path: "gateway.scheduler.max_concurrent",
    kind: count(1, 1000),
    fallback: 4,
    says: "runs at once",
  },
  {
    path: "gateway.scheduler.stop_grace_secs",
    kind: count(0, 3600),
    fallback: 30,
    says: "how long open runs get to end when the server is stopped",
  },
  {
    path: "gateway.scheduler.time_zone",
    kind: { is: "zone" },
    fallback: null,
    says: "the zone of schedules that name none; else the host's",
    example: '"Europe/Vienna"',
  },
]

/** The environment variable of a key: `gateway.port` is HOROLOG_GATEWAY_PORT. */
export const variableOf = (path: string): string =>
  `HOROLOG_${path.replaceAll(".", "_").toUpperCase()}`

/** The sections, so that a misspelt one can be told from a misspelt key. */
export const sections: ReadonlyArray<string> = [
  ...new Set(keys.flatMap(({ path }) => prefixes(path))),
]

function prefixes(path: string): ReadonlyArray<string> {
  const parts = path.split(".")
  return parts.slice(0, -1).map((_, at) => parts.slice(0, at + 1).join("."))
}
