import { appendingContract } from "./log/appending.ts"
import { provingContract } from "./log/proving.ts"
import { readingContract } from "./log/reading.ts"
import type { LogTrial } from "./log/trial.ts"

/** What every event log does, whatever it is made of. Each adapter's test calls this once. */
export const eventLogContract = (name: string, trial: LogTrial): void => {
  appendingContract(name, trial)
  readingContract(name, trial)
  provingContract(name, trial)
}
