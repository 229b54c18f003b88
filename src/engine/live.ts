import { Layer } from "effect"
import { Answers } from "./answers.ts"
import { Boot } from "./boot.ts"
import { ClockActor } from "./clock-actor.ts"
import { Deliverer } from "./deliver.ts"
import * as Dispatch from "./dispatch.ts"
import { Heads } from "./heads.ts"
import { JobActors } from "./job-actors.ts"
import { OpenRuns } from "./open-runs.ts"
import { Recorder } from "./recorder.ts"
import { Recovery } from "./recover.ts"
import { Retention } from "./retention.ts"
import { Runner } from "./runner.ts"
import { Scheduler } from "./scheduler.ts"

/**
 * The whole engine over its ports: EventLog, Agents, Channels, Clock, Random and Settings. It gives
 * the Engine (the way in) and the Scheduler (what makes things happen).
 */
export const layer = Scheduler.layer.pipe(
  Layer.provideMerge(Layer.mergeAll(Runner.layer, Recovery.layer, Retention.layer)),
  Layer.provideMerge(Layer.mergeAll(Dispatch.layer, Deliverer.layer, JobActors.layer)),
  Layer.provideMerge(
    Layer.mergeAll(Answers.layer, Heads.layer, OpenRuns.layer, ClockActor.layer, Recorder.layer),
  ),
  Layer.provideMerge(Boot.layer),
)
