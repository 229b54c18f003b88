import { assign, enqueueActions, setup } from "xstate"
import type { ClockFact, FactOf } from "../events/fact.ts"
import type { JobId } from "../events/ids.ts"
import type { EpochMs } from "../events/time.ts"
import type { DueSignal } from "./job.ts"

/** What the facts of the clock add up to. */
export interface ClockContext {
  /** Since when the clock has been watched without a break; what woke before was missed. */
  readonly upSince: EpochMs
  /** The wall clock as the last fact saw it. */
  readonly wallAt: EpochMs
  /** When everything was resumed last; what should have woken before that passed while it was paused. */
  readonly resumedAt: EpochMs
}

/** The alarm's word to the clock: it woke, and these jobs have to start. No fact. */
export interface WokeSignal {
  readonly type: "woke"
  readonly dueJobIds: ReadonlyArray<JobId>
  readonly at: EpochMs
}

/** What the clock passes on to the actor of each job. */
export interface JobDue extends DueSignal {
  readonly jobId: JobId
}

/**
 * The life of the clock, drawn over its facts. While it ticks it passes the alarm on, one `due` for
 * each job; stopped or paused it passes nothing, and nothing runs.
 */
export const clockMachine = setup({
  types: {
    context: {} as ClockContext,
    events: {} as ClockFact | WokeSignal,
    emitted: {} as JobDue,
  },
  actions: {
    fold: assign(({ context, event }) =>
      event.type === "woke" ? context : foldClockFact(context, event),
    ),
    passOn: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== "woke") return
      const { dueJobIds, at } = event
      const { upSince, resumedAt } = context
      for (const jobId of dueJobIds) enqueue.emit({ type: "due", jobId, at, upSince, resumedAt })
    }),
  },
}).createMachine({
  id: "clock",
  context: { upSince: 0, wallAt: 0, resumedAt: 0 },
  initial: "stopped",
  states: {
    stopped: {
      on: {
        "clock.started": { target: "ticking", actions: "fold" },
        "clock.paused": { target: "paused", actions: "fold" },
        "clock.resumed": { actions: "fold" },
      },
    },
    ticking: {
      on: {
        "clock.started": { actions: "fold" },
        "clock.jumped": { actions: "fold" },
        "clock.paused": { target: "paused", actions: "fold" },
        woke: { actions: "passOn" },
      },
    },
    paused: {
      on: {
        // A pause is somebody's wish: it outlives a restart, and only a resume ends it.
        "clock.started": { actions: "fold" },
        "clock.jumped": { actions: "fold" },
        "clock.resumed": { target: "ticking", actions: "fold" },
      },
    },
  },
})

/** What each fact makes of what is known of the clock. */
export const clockFold: {
  readonly [Type in ClockFact["type"]]: (context: ClockContext, fact: FactOf<Type>) => ClockContext
} = {
  "clock.started": ({ resumedAt }, { wallAt }) => ({
    upSince: wallAt,
    wallAt,
    resumedAt: Math.min(resumedAt, wallAt),
  }),
  "clock.jumped": ({ upSince, resumedAt }, { wallTo, deltaMs }) => ({
    wallAt: wallTo,
    resumedAt: Math.min(resumedAt, wallTo),
    // Forward, what lay between was missed. Back, the hours that come again are lived through anew.
    upSince: deltaMs > 0 ? wallTo : Math.min(upSince, wallTo),
  }),
  "clock.paused": (context, { wallAt = context.wallAt }) => ({ ...context, wallAt }),
  "clock.resumed": (context, { wallAt = context.wallAt }) => ({
    ...context,
    wallAt,
    resumedAt: wallAt,
  }),
}

/** A step of more than this is no correction: the clock was wrong, and plans made on it are too. */
export const largeJumpMs = 3 * 3_600_000

/** What both clocks showed at one moment. */
export interface ClockReading {
  readonly wallAt: EpochMs
  readonly monotonicMs: number
}

/**
 * Whether the wall clock moved against the monotonic one between two readings: it was set, or the
 * machine slept. `wallFrom` is what it would show if it had not.
 */
export const jumpOf = (
  before: ClockReading,
  after: ClockReading,
  toleranceMs: number,
): FactOf<"clock.jumped"> | undefined => {
  const elapsedMs = after.monotonicMs - before.monotonicMs
  const deltaMs = Math.round(after.wallAt - before.wallAt - elapsedMs)
  if (Math.abs(deltaMs) <= toleranceMs) return undefined
  return { type: "clock.jumped", wallFrom: after.wallAt - deltaMs, wallTo: after.wallAt, deltaMs }
}

const foldClockFact = (context: ClockContext, fact: ClockFact): ClockContext =>
  clockFold[fact.type](context, fact as never)
