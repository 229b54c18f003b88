import { existsSync } from "node:fs"
import { Effect, Result } from "effect"
import * as Command from "effect/cli/Command"
import { Refusal } from "../../../machines/refusal.ts"
import { configurationFile } from "../../configuration/folder.ts"
import type { StatusAnswer } from "../../serve/upkeep/status.ts"
import type { Finding } from "../doctor/checks.ts"
import { House } from "../house.ts"
import { table } from "../render/table.ts"
import { folderOf, placeOf, type Place } from "../root.ts"
import { ask, show } from "../verb.ts"

/** Looks at everything that can keep a job from running, and says how to mend it. */
export const doctor = Command.make(
  "doctor",
  {},
  Effect.fnUntraced(function* () {
    const place = yield* Effect.result(placeOf())
    const findings = Result.isFailure(place)
      ? [unconfigured(place.failure)]
      : [configured(yield* folderOf), ...(yield* examine(place.success))]
    yield* show({ findings }, ({ findings }) =>
      table(["", "CHECK", "FOUND"], findings.flatMap(rows)),
    )
    const failed = findings.filter(({ state }) => state === "fail")
    if (failed.length > 0) yield* Effect.fail(unwell(failed))
  }),
).pipe(
  Command.withDescription("Look for what could keep jobs from running, and say how to mend it"),
)

const rows = ({ check, state, says, mend }: Finding): ReadonlyArray<ReadonlyArray<string>> => [
  [state, check, says],
  ...(mend === undefined ? [] : [["", "", `-> ${mend}`]]),
]

const examine = Effect.fnUntraced(function* ({ folder, configuration }: Place) {
  const checks = yield* Effect.promise(() => import("../doctor/checks.ts"))
  const now = new Date()
  const beforeLog = [
    checks.checkAgent(configuration, folder),
    checks.checkZoneData(configuration, now.getUTCFullYear()),
    checks.checkDisk(folder),
  ]
  const status = yield* Effect.result(statusOf({ folder, configuration }))
  if (Result.isFailure(status)) return [...beforeLog, unopened(status.failure)]
  return [
    ...beforeLog,
    checks.checkFolder(folder),
    checks.checkLog(status.success, folder, now.getTime()),
    checks.checkServer(status.success),
  ]
})

const statusOf = (place: Place) =>
  Effect.scoped(
    Effect.gen(function* () {
      const desk = yield* (yield* House).desk(place, { carryOut: false })
      return yield* ask<StatusAnswer>(desk, "status", {})
    }),
  )

const configured = (folder: string): Finding => {
  const file = configurationFile(folder)
  return existsSync(file)
    ? { check: "configuration", state: "ok", says: file }
    : {
        check: "configuration",
        state: "ok",
        says: `there is no ${file}; the defaults hold`,
        mend: "`horolog init` writes one to change",
      }
}

const unconfigured = ({ message, hint }: Refusal): Finding => ({
  check: "configuration",
  state: "fail",
  says: message,
  ...(hint !== undefined && { mend: hint }),
})

const unopened = ({ message, hint }: Refusal): Finding => ({
  check: "log",
  state: "fail",
  says: message,
  ...(hint !== undefined && { mend: hint }),
})

const unwell = (failed: ReadonlyArray<Finding>): Refusal =>
  new Refusal({
    code: "invalid-input",
    message: `${failed.map(({ check }) => check).join(", ")}: jobs will not run as they should.`,
    received: failed,
    expected: "every check ok",
    hint: failed.map(({ mend }) => mend ?? "").join("; "),
  })
