/** A fault that is planted into the scheduler, for the simulation to find. */
export interface Bug {
  readonly name: string
  readonly edits: ReadonlyArray<{
    readonly file: string
    readonly find: string
    readonly replace: string
  }>
}

const edit = (name: string, file: string, [find, replace]: readonly [string, string]): Bug => ({
  name,
  edits: [{ file, find, replace }],
})

/** One fault for each promise. All of them must be found. */
export const bugs: ReadonlyArray<Bug> = [
  edit("an answer is given before it is durable", "src/engine/dispatch.ts", [
    "yield* log.durable\n      return yield* Effect.fromResult(settled)",
    "return yield* Effect.fromResult(settled)",
  ]),
  {
    name: "two decisions at once about one job, and no version expected",
    edits: [
      {
        file: "src/engine/dispatch.ts",
        find: "alone(lockOf(command), inSlot(request, persistently(request)))",
        replace: "inSlot(request, persistently(request))",
      },
      {
        file: "src/engine/dispatch.ts",
        find: "expected: [{ stream, version: before.version }],",
        replace: "expected: [],",
      },
    ],
  },
  edit("answers are not kept", "src/engine/answers.ts", [
    "keepsAnswers(request)\n    ? { answer: { bodyHash",
    "false\n    ? { answer: { bodyHash",
  ]),
  edit("lost runs are not closed", "src/engine/scheduler.ts", [
    "yield* recovery.closeLostRuns\n",
    "\n",
  ]),
  edit("a run starts without a slot", "src/engine/open-runs.ts", [
    "if (freeCount() <= 0) return",
    "if (freeCount() < -9) return",
  ]),
  edit("a deadline is forgotten", "src/engine/runner.ts", [
    "runs.all().filter(({ deadlineAt }) => deadlineAt <= now)",
    "runs.all().filter(({ deadlineAt }) => deadlineAt < 0)",
  ]),
  {
    name: "the agent is called before its run is durable",
    edits: [
      {
        file: "src/log/writer.ts",
        find: "wake.openUnsafe()\n    },\n    nudge",
        replace:
          "wake.openUnsafe(); durableHead = store.head(); settled(facts); const waited = advanced; advanced = Deferred.makeUnsafe(); Deferred.doneUnsafe(waited, Effect.void)\n    },\n    nudge",
      },
      { file: "src/log/writer.ts", find: "    settled(group.facts)\n", replace: "\n" },
      { file: "src/log/writer.ts", find: "    durableHead = head\n", replace: "\n" },
    ],
  },
  edit("an answer is sent before the attempt is durable", "src/engine/deliver.ts", [
    "    record({\n      commandId: `${fact.type}/${fact.deliveryId}/${fact.attempt}`,",
    "    (fact.type === 'delivery.attempted' ? (one) => Effect.asVoid(Effect.forkDetach(record(one))) : record)({\n      commandId: `${fact.type}/${fact.deliveryId}/${fact.attempt}`,",
  ]),
  edit("a doubtful delivery is sent again", "src/engine/deliver.ts", [
    "if (delivery.attempt > 0 && !channel.idempotent)",
    "if (delivery.attempt > 99 && !channel.idempotent)",
  ]),
  edit("answers on their way are forgotten at a restart", "src/engine/scheduler.ts", [
    "for (const delivery of pending) deliver(deliverer.deliver(delivery))",
    "for (const delivery of pending) void delivery",
  ]),
  edit("what was missed is taken for late", "src/engine/world.ts", [
    "upSince: clockActor.upSince() ?? now,",
    "upSince: 0,",
  ]),
  edit("a step of the clock goes unnoticed", "src/engine/ring.ts", [
    "if (jump === undefined) return Effect.void",
    "if (jump === undefined || jump.type) return Effect.void",
  ]),
  edit("a group is not synced", "src/log/file/journal.ts", ["yield* segment.file.sync\n", "\n"]),
  edit("a checkpoint takes its place unsynced", "src/log/file/replace-file.ts", [
    "yield* file.sync\n    }),",
    "}),",
  ]),
  edit("a checkpoint removes the journal too early", "src/log/file/checkpoint.ts", [
    "yield* writeImage(parts)\n    yield* parts.journal.removeOlder",
    "yield* parts.journal.removeOlder\n    yield* writeImage(parts)",
  ]),
  edit("the end of the journal is not mended", "src/log/file/opening.ts", [
    "yield* mend(disk, folder, segments)\n",
    "\n",
  ]),
  edit("commits are applied twice on replay", "src/log/sql/apply.ts", [
    "last.position <= tail.head",
    "last.position < 0",
  ]),
  edit("the lock is not taken", "src/log/file/file.ts", [
    "yield* holdFolder(disk, folder)\n",
    "\n",
  ]),
  edit("a failed write is taken for a good one", "src/log/file/journal.ts", [
    "return Effect.mapError(work, (failure) => (writing.failure = writeFailed(failure)))",
    "return Effect.ignore(work)",
  ]),
  edit("a table forgets when to try again", "projections/scheduled-jobs.ts", [
    "{ ...waits, retry: retried(recorded.fact) }",
    "{ ...waits, retry: retried(recorded.fact) && null }",
  ]),
  {
    name: "a timer that fires early starts early",
    edits: [
      {
        file: "src/engine/ring.ts",
        find: "      from: isPaced ? upSince : 0,\n      now,",
        replace: "      from: isPaced ? upSince : 0,\n      now: now + 1,",
      },
      {
        file: "machines/decide/start-run.ts",
        find: "if (target.wakeAt > asked.now) return notDue",
        replace: "if (target.wakeAt > asked.now + 1) return notDue",
      },
    ],
  },
  edit("what was missed is passed over in silence", "machines/decide/catch-up.ts", [
    'facts: skipped(allButLast(context, plan, span), "downtime"),',
    'facts: skipped(allButLast(context, plan, span), "downtime").slice(9),',
  ]),
  {
    name: "the next plan counts from now",
    edits: [
      {
        file: "machines/decide/catch-up.ts",
        find: "(context: Planned, dueAt: EpochMs, { planner }: DecideContext): Start",
        replace: "(context: Planned, dueAt: EpochMs, { planner, now }: DecideContext): Start",
      },
      {
        file: "machines/decide/catch-up.ts",
        find: "planAfter(claimed, dueAt, planner)",
        replace: "planAfter(claimed, now, planner)",
      },
    ],
  },
  edit("a clock that is set back claims twice", "machines/decide/planning.ts", [
    "Math.max(now, trusted ?? now)",
    "(trusted ?? now) * 0 + now",
  ]),
  edit("what a run stands in the way of is forgotten", "machines/decide/overlap.ts", [
    'facts: skipped(span, "overlap"),\n  last: span.last,\n  plan: planAfter',
    'facts: skipped(span, "overlap").slice(9),\n  last: span.last,\n  plan: planAfter',
  ]),
  edit("what waits its turn is not recorded", "machines/decide/catch-up.ts", [
    "facts: [...facts, queued, replanned], start",
    "facts: [...facts, replanned], start",
  ]),
]
