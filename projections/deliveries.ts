/** One row per answer that has not arrived yet: what a restart has to resume. */
export interface DeliveryRow {
  /** `<runId>/delivery`. */
  readonly id: string
  readonly job_id: string
  readonly run_id: string
  readonly channel: string
  readonly chat_id: string
  /** 0 before the first attempt. */
  readonly attempt: number
  /** pending, or attempted: an attempt was begun and its outcome is not known. */
  readonly status: string
}
