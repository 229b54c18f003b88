import * as Command from "effect/cli/Command"
import { root } from "./root.ts"
import { add } from "./verbs/add.ts"
import { demo } from "./verbs/demo.ts"
import { doctor } from "./verbs/doctor.ts"
import { exportLog } from "./verbs/export.ts"
import { importJobs } from "./verbs/import.ts"
import { disable, enable, remove, update } from "./verbs/change.ts"
import { log } from "./verbs/log.ts"
import { list, runs, showOne } from "./verbs/look.ts"
import { next, preview } from "./verbs/next.ts"
import { pause, resume } from "./verbs/pause.ts"
import { cancel, run } from "./verbs/run.ts"
import { serve } from "./verbs/serve.ts"
import { config, init } from "./verbs/setup.ts"
import { simulate } from "./verbs/simulate.ts"
import { call, tools } from "./verbs/tools.ts"
import { backup, erase, prune, rebuild, replay, restore, status, verify } from "./verbs/upkeep.ts"
import { diff, why } from "./verbs/why.ts"

/** The whole command line. */
export const horolog = root.pipe(
  Command.withSubcommands([
    {
      group: "Jobs",
      commands: [add, list, showOne, update, enable, disable, pause, resume, remove, importJobs],
    },
    { group: "Runs", commands: [run, cancel, runs, next, preview, simulate, why] },
    { group: "The server", commands: [init, serve, status, config, doctor, demo] },
    {
      group: "The log",
      commands: [log, replay, diff, verify, rebuild, prune, erase, backup, restore, exportLog],
    },
    { group: "For agents", commands: [tools, call] },
  ]),
)
