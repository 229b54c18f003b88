import type { AddInput } from "../operations/add.ts"

/** What is read from another scheduler. */
export interface ImportText {
  /** How the file is called in what is said about it. */
  readonly file: string
  readonly text: string
  /** nanobot only: what was appended to `action.jsonl` and is not in `text` yet. */
  readonly actions?: { readonly file: string; readonly text: string }
  /** The zone of the old scheduler, for schedules that name none. */
  readonly tz: string
  /** crontab only: whether the sixth field names a user; absent: told by the file. */
  readonly system?: boolean
}

/** Where answers went, by the words of the old scheduler. */
export interface OldChat {
  readonly channel: string
  readonly chatId?: string
}

/** A job as it is to be added, but for where its answers go and whether it is enabled. */
export interface ImportedJob {
  readonly input: Omit<AddInput, "channel" | "chat_id" | "enabled" | "on_exists">
  readonly deliverTo?: OldChat
  /** crontab only: the account the line ran under. */
  readonly user?: string
}

/** One entry of the old scheduler: what it becomes, or why nothing. */
export interface ImportEntry {
  /** `line 7`, or the id the old scheduler gave it. */
  readonly ref: string
  readonly name: string
  readonly wasEnabled: boolean
  /** What is otherwise than it was, or is not taken over. */
  readonly notes: ReadonlyArray<string>
  readonly job: ImportedJob | { readonly refused: string }
}

/** All that a file holds. */
export interface Imported {
  readonly entries: ReadonlyArray<ImportEntry>
  /** What holds for all of them. */
  readonly notes: ReadonlyArray<string>
}

/** Whether an entry becomes a job. */
export const becomesJob = (job: ImportEntry["job"]): job is ImportedJob => "input" in job
