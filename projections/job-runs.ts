/** One row per attempt. */
export interface JobRunRow {
  readonly id: string
  readonly job_id: string
  readonly started_at: number
  readonly finished_at: number | null
  /** running, ok, error, timed-out, cancelled, interrupted or gated. */
  readonly status: string
  /** The first 8,000 code points of the answer, then `...[truncated]`. */
  readonly output: string | null
  readonly error: string | null
  readonly duration_ms: number | null
  readonly due_at: number
  readonly revision: number
  readonly attempt: number
  readonly trigger: string
  readonly late_ms: number
  readonly deadline_at: number
  readonly error_class: string | null
  readonly output_length: number | null
  readonly usage: string | null
  readonly boot_id: string
  readonly pid: number | null
  readonly process_started_at: number | null
  /** What became of the answer: pending, delivered, failed, unknown; null when none was to be sent. */
  readonly delivery: string | null
}
