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
  edit("the agent is called before its run is durable", "src/log/shell.ts", [
    "const upTo = writer.durableHead()",
    "const upTo = store.head()",
  ]),
  edit("an answer is sent before the attempt is durable", "src/engine/deliver.ts", [
    'yield* put(delivery, { type: "delivery.attempted", ...fields })\n          yield* send(channel, delivery).pipe(',
    'yield* send(channel, delivery).pipe(Effect.tap(() => put(delivery, { type: "delivery.attempted", ...fields })),',
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
    "return jump === undefined ? Effect.void : recordClock(jump)",
    "return jump === undefined || jump.type ? Effect.void : recordClock(jump)",
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
    "  wake_at: fact.wakeAt,\n",
    "  wake_at: row.wake_at,\n",
  ]),
  edit("two timers wake a moment early", "src/engine/ring.ts", [
    "wakeAt <= now)",
    "wakeAt <= now + 1)",
  ]),
]
