import { homedir } from "node:os"
import { commandAgent } from "./command.ts"
import type { Agent } from "./agent.ts"

export interface ShellAgentOptions {
  /** Over the environment of this process. */
  readonly env?: Readonly<Record<string, string>>
  /** The folder commands run in; else the home folder, as with cron. */
  readonly cwd?: string
  readonly killGraceMs?: number
}

/**
 * Takes the prompt of a job for a script and runs it with `/bin/sh`. The answer is all it writes, to
 * standard error too, as cron would have mailed it. It may do whatever this process may, so it is
 * there only where a person has switched it on, and only people may give jobs to it.
 */
export const shellAgent = ({ env, cwd = homedir(), killGraceMs }: ShellAgentOptions = {}): Agent =>
  commandAgent({
    name: "shell",
    argv: ["/bin/sh", "-c", script],
    cwd,
    ...(env !== undefined && { env }),
    ...(killGraceMs !== undefined && { killGraceMs }),
  })

// The script comes on standard input, so that nothing of it runs before the process is recorded.
const script = `line=$(cat) && exec /bin/sh -c "$line" </dev/null 2>&1`
