import { statSync } from "node:fs"
import type { ErrorClass } from "../../events/run.ts"
import { AgentFailed } from "./agent.ts"
import type { Ending } from "./child.ts"
import type { CommandLine } from "./command-line.ts"

/** Process groups are how a run is ended as a whole, and Windows has none. */
export const unsupported = (name: string): AgentFailed =>
  failure(
    "Unsupported",
    "fatal",
    `The agent ${name} is a command, and commands need process groups, which Windows does not have. Run Horolog in WSL, or use a library agent.`,
  )

/** Why a program could not be started, from what the operating system said. */
export const notStarted = (
  agent: { readonly name: string; readonly cwd?: string },
  { program, environment }: CommandLine,
  error: NodeJS.ErrnoException,
): AgentFailed => {
  // The system says "no such file" of a missing folder as well.
  if (agent.cwd !== undefined && !isFolder(agent.cwd)) return noFolder(agent.name, agent.cwd)
  switch (error.code) {
    case "ENOENT":
      return notFound(agent.name, program, environment["PATH"] ?? "")
    case "EACCES":
    case "EPERM":
      return notExecutable(agent.name, program)
    case undefined:
    default:
      return failure(
        "ProgramNotStarted",
        shortages.has(error.code ?? "") ? "retryable" : "fatal",
        `The agent ${agent.name} cannot be started: ${program}: ${error.message}`,
      )
  }
}

/** The system is short of something that comes back. */
const shortages = new Set(["EAGAIN", "EMFILE", "ENFILE", "ENOMEM", "ETXTBSY"])

const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

const noFolder = (name: string, cwd: string) =>
  failure(
    "FolderNotFound",
    "fatal",
    `The agent ${name} cannot be started in ${cwd}: there is no such folder. Create it, or set another cwd.`,
  )

const notFound = (name: string, program: string, path: string) =>
  failure(
    "ProgramNotFound",
    "fatal",
    program.includes("/")
      ? `The agent ${name} cannot be started: there is no program ${program}. A path that does not begin with "/" counts from cwd.`
      : `The agent ${name} cannot be started: there is no program ${program} in PATH (${path}). Is it installed? Give its full path in argv, or a PATH in env.`,
  )

const notExecutable = (name: string, program: string) =>
  failure(
    "ProgramNotExecutable",
    "fatal",
    `The agent ${name} cannot be started: ${program} may not be executed. Is it a program, and is it executable (chmod +x)?`,
  )

/** What a program wrote before it ended. */
export interface LastWords {
  readonly name: string
  readonly errors: string
  readonly output: string
}

/** Why a program that ran gave no answer. */
export const endedBadly = (
  ending: Ending,
  agent: LastWords & { readonly answerBytesMax: number },
): AgentFailed => {
  switch (ending.type) {
    case "exited":
      return exited(ending.code, agent)
    case "killed":
      return failure(
        "KilledBySignal",
        outside.has(ending.signal) ? "retryable" : "fatal",
        `The agent ${agent.name} was ended by ${ending.signal}.${said(agent)}`,
      )
    case "answered-too-much":
      return failure(
        "AnswerTooLong",
        "fatal",
        `The agent ${agent.name} answered with more than ${agent.answerBytesMax} bytes and was ended. Have it write to a file and answer where that is.`,
      )
    case "took-no-input":
      return failure(
        "PromptNotTaken",
        "fatal",
        `The prompt could not be handed to the agent ${agent.name}: ${ending.error.message}.${said(agent)}`,
      )
  }
}

/** EX_TEMPFAIL of sysexits.h: the program asks to be tried again later. */
const tryAgainLater = 75

/** Signals that somebody else sends; the others mean that the program broke. */
const outside: ReadonlySet<string> = new Set(["SIGTERM", "SIGKILL", "SIGINT", "SIGHUP"])

const exited = (code: number, agent: LastWords) =>
  failure(
    "ExitCode",
    code === tryAgainLater ? "retryable" : "fatal",
    `The agent ${agent.name} ended with exit code ${code}.${said(agent)}`,
  )

/** Many programs put their complaints where answers go. */
const said = ({ errors, output }: LastWords): string => {
  if (errors !== "") return ` The end of its standard error:\n${errors}`
  if (output !== "") return ` It wrote nothing to standard error; the end of its output:\n${output}`
  return " It wrote nothing."
}

const failure = (name: string, errorClass: ErrorClass, message: string): AgentFailed =>
  AgentFailed.make({ name, message, class: errorClass })
