/** One row per job that exists: what is planned, when it wakes, how its last run ended. */
export interface ScheduledJobRow {
  readonly id: string
  readonly name: string
  /** The schedule as JSON with snake_case keys, as tools send it. */
  readonly schedule: string
  readonly prompt: string
  readonly channel: string
  readonly chat_id: string
  readonly model: string | null
  readonly enabled: 0 | 1
  readonly delete_after_run: 0 | 1
  /** The nominal due time of what comes next; null when nothing is planned. */
  readonly next_run_at: number | null
  readonly last_run_at: number | null
  readonly last_status: string | null
  readonly last_error: string | null
  readonly created_at: number
  readonly updated_at: number
  /** enabled, running, rescheduled or disabled. */
  readonly state: string
  readonly disabled_reason: string | null
  readonly revision: number
  /**
   * When the alarm has to do something: start a retry, what was queued, or the plan; resume a paused
   * job; end an open run for the next occurrence. Null while there is nothing to wait for.
   */
  readonly wake_at: number | null
  /** The due time and attempt that wakes then: the plan's, or a retry's; null for any other. */
  readonly wake_due_at: number | null
  readonly wake_attempt: number | null
  /** The natural plan as it stands, kept through retries and runs (JSON), or null. */
  readonly plan: string | null
  /** The attempt that is planned beside it (JSON), or null. */
  readonly retry: string | null
  /** The occurrences that wait for their turn (JSON), or null. */
  readonly backlog: string | null
  readonly paused: 0 | 1
  readonly paused_until: number | null
  readonly open_run_id: string | null
  readonly open_run_trigger: string | null
  /** disable or removal: asked for while a run is open. */
  readonly asked: string | null
  readonly failures_in_row: number
  readonly owner_channel: string
  readonly owner_chat_id: string
  readonly key: string | null
  readonly policy: string
  /** The version of the job's stream that this row has seen. */
  readonly version: number
}
