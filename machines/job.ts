import { assign, emit, setup } from "xstate"
import type { JobFact } from "../events/fact.ts"
import type { EpochMs } from "../events/time.ts"
import { absentContext, foldFact } from "./fold.ts"
import { requestOf, type JobRequest } from "./request.ts"
import type { JobContext } from "./state.ts"

export { startRequest, type JobRequest, type StartRequest } from "./request.ts"

/** The alarm's word to a job: your time has come. No fact, and it changes nothing. */
export interface DueSignal {
  readonly type: "due"
  readonly at?: EpochMs
  /** What should have woken before this was missed; absent: nothing was. */
  readonly upSince?: EpochMs
  /** What should have woken before this passed while everything was paused. */
  readonly resumedAt?: EpochMs
}

/**
 * The life of one job, drawn over the facts in its stream: every arrow is a recorded fact. It decides
 * nothing and starts nothing, so a stream can be replayed at any time. The one thing it does is to
 * answer the signal `due` with the command it asks for.
 */
export const jobMachine = setup({
  types: {
    context: {} as JobContext,
    events: {} as JobFact | DueSignal,
    emitted: {} as JobRequest,
  },
  actions: {
    fold: assign(({ context, event }) =>
      event.type === "due" ? context : foldFact(context, event),
    ),
    ask: emit(({ context, event }) => requestOf(context, event as DueSignal)),
  },
}).createMachine({
  id: "job",
  context: absentContext,
  initial: "absent",
  states: {
    absent: { on: { "job.added": to("enabled") } },
    enabled: { on: waiting() },
    rescheduled: { on: waiting() },
    running: {
      initial: "active",
      on: {
        ...noted(),
        "run.succeeded": stay(),
        "run.failed": stay(),
        "run.timed-out": stay(),
        "run.cancelled": stay(),
        "run.gated": stay(),
        "run.interrupted": stay(),
      },
      states: {
        active: {
          on: {
            "job.rescheduled": to("#job.rescheduled"),
            "retry.planned": to("#job.rescheduled"),
            "job.disabled": to("#job.disabled"),
            "job.removed": to("#job.removed"),
            "job.enabled": stay(),
            "job.disable-requested": to("disabling"),
            "job.removal-requested": to("removing"),
            due: { actions: "ask" },
          },
        },
        disabling: {
          on: {
            "job.disabled": to("#job.disabled"),
            "job.enabled": to("active"),
            "job.removal-requested": to("removing"),
          },
        },
        removing: { on: { "job.removed": to("#job.removed") } },
      },
    },
    disabled: {
      on: {
        "job.updated": stay(),
        "job.enabled": to("enabled"),
        "job.resumed": stay(),
        "job.removed": to("removed"),
        "run.started": to("running"),
        "run.answered-late": stay(),
        "alert.raised": stay(),
        "alert.cleared": stay(),
      },
    },
    removed: { type: "final" },
  },
})

/** An arrow to another state. */
function to<const Target extends string>(target: Target) {
  return { target, actions: "fold" } as const
}

/** A fact that is folded and leaves the state as it is. */
function stay() {
  return { actions: "fold" } as const
}

/** Facts that a job which waits or runs takes note of, and that never move it. */
function noted() {
  return {
    "job.updated": stay(),
    "job.replanned": stay(),
    "job.paused": stay(),
    "job.resumed": stay(),
    "run.answered-late": stay(),
    "occurrences.queued": stay(),
    "occurrences.skipped": stay(),
    "alert.raised": stay(),
    "alert.cleared": stay(),
  } as const
}

/** Both ways of waiting, for the first occurrence and for a later one, know the same arrows. */
function waiting() {
  return {
    ...noted(),
    "run.started": to("running"),
    "job.disabled": to("disabled"),
    "job.removed": to("removed"),
    due: { actions: "ask" },
  } as const
}
