import { existsSync, readFileSync } from "node:fs"
import { homedir, hostname } from "node:os"
import { join, resolve } from "node:path"
import { Result } from "effect"
import { Refusal } from "../../machines/refusal.ts"
import { configure, type Configuration } from "./configuration.ts"

/** The data folder: the flag, HOROLOG_DATA, else `~/.horolog`. */
export const dataFolder = (
  flag: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): string => resolve(flag ?? environment["HOROLOG_DATA"] ?? join(homedir(), ".horolog"))

/** Where a data folder keeps its configuration. */
export const configurationFile = (folder: string): string => join(folder, "config.toml")

/** The configuration of a data folder. A folder without `config.toml` has the defaults. */
export const readConfiguration = (
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
  flags: Readonly<Record<string, string>>,
): Result.Result<Configuration, Refusal> => {
  const path = configurationFile(folder)
  if (!existsSync(path)) return configure({ environment, flags })
  return Result.flatMap(readText(path), (text) =>
    configure({ file: { path, text }, environment, flags }),
  )
}

const readText = (path: string): Result.Result<string, Refusal> =>
  Result.try({
    try: () => readFileSync(path, "utf8"),
    catch: (cause) =>
      new Refusal({
        code: "invalid-input",
        message: `The configuration ${path} cannot be read: ${String(cause)}`,
        received: path,
        expected: "a file this user may read",
        hint: "Mend its permissions, or choose another folder with --data.",
      }),
  })

/** The zone for schedules that name none, and where it comes from. */
export const zoneOf = (
  configuration: Configuration,
): { readonly zone: string; readonly zoneFrom: "configuration" | "host" } => {
  const { timeZone } = configuration.scheduler
  if (timeZone !== null) return { zone: timeZone, zoneFrom: "configuration" }
  return { zone: hostZone(), zoneFrom: "host" }
}

/** The host's zone; a machine without one, or with an abbreviation for one, is in UTC. */
export const hostZone = (): string => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  return zone?.includes("/") && zone !== "Etc/UTC" ? zone : "UTC"
}

/** Names this machine in runs. */
export const nodeName = (): string => hostname()
