import { LogFailed } from "../event-log.ts"
import type { DiskFailed } from "./disk.ts"

const noSpace = new Set(["ENOSPC", "EDQUOT", "short"])

/** The log could not be written; nothing that was not acknowledged before may be taken for done. */
export const writeFailed = (failure: DiskFailed): LogFailed =>
  new LogFailed({
    reason: "write-failed",
    message: `The log cannot be written: ${failure.message}. Nothing further is accepted.`,
    hint: noSpace.has(failure.code)
      ? "Free some space and start again; everything acknowledged is kept."
      : "Check the disk and start again; everything acknowledged is kept.",
  })

/** The same, when it is SQLite that could not. */
export const writeRefused = (cause: unknown): LogFailed =>
  cause instanceof LogFailed
    ? cause
    : new LogFailed({
        reason: "write-failed",
        message: `The log cannot be written: ${cause instanceof Error ? cause.message : String(cause)}.`,
        hint: "Nothing is lost. Check the disk and the memory, and start again.",
      })

/** The log could not be read. */
export const unreadable = (failure: DiskFailed): LogFailed =>
  new LogFailed({
    reason: "unreadable",
    message: `The log cannot be read: ${failure.message}.`,
    hint:
      failure.code === "ERR_FS_FILE_TOO_LARGE"
        ? 'The log is too large for memory: set engine = "native" in [log].'
        : "Check that the data folder is there and belongs to you.",
  })

/** What was acknowledged is not there any more as it was written. */
export const damaged = (what: string, file: string, offset?: number): LogFailed =>
  new LogFailed({
    reason: "damaged",
    message: `The log is damaged: ${file}${offset === undefined ? "" : ` at byte ${offset}`}: ${what}.`,
    hint: "Nothing was changed. Keep a copy of the folder and restore a backup into a new one.",
  })
