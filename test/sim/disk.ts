import { Effect } from "effect"
import { Disk, DiskFailed, type DiskFile, type DiskOperation } from "../../src/log/file/disk.ts"
import type { MemoryDisk } from "../../src/log/file/memory-disk.ts"

/** What can go wrong with one step of a disk. */
export type StepFault =
  /** The process dies before the step is done, or after it. */
  | "dies-before"
  | "dies-after"
  /** The disk is full, or takes a part only. */
  | "refused"
  | "short"
  /** It is not done, or it is done and the caller is told otherwise. */
  | "not-synced"
  | "done-but-told-failed"

export interface SimDisk {
  readonly disk: Disk["Service"]
  /** The fault strikes at the step of this number, counted from now. */
  readonly failIn: (steps: number, fault: StepFault) => void
  /** The steps so far, those that went wrong too. */
  readonly stepsCount: () => number
  /** Whether it has ever told a failure. */
  readonly hasFailed: () => boolean
  /** The process is gone: its lock is free, and nothing it still asks for happens. */
  readonly release: () => void
}

type Call = readonly [operation: DiskOperation, file: string]

interface Steps {
  count: number
  hasFailed: boolean
  readonly faults: Map<number, StepFault>
  readonly die: () => void
  readonly isDead: () => boolean
}

/** A process's view of a disk: every step that changes something can go wrong, in every way. */
export const makeSimDisk = (
  { disk }: MemoryDisk,
  process: Pick<Steps, "die" | "isDead">,
  held: Set<string>,
): SimDisk => {
  const steps: Steps = { count: 0, hasFailed: false, faults: new Map(), ...process }
  const mine = new Set<string>()
  const change = changing(steps)
  const live = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.suspend(() => (steps.isDead() ? Effect.never : effect))

  const hold = (path: string) =>
    Effect.suspend(() => {
      if (held.has(path)) return Effect.fail(failed(["hold", path], "held"))
      held.add(path)
      mine.add(path)
      return Effect.void
    })
  const free = (path: string) =>
    Effect.sync(() => {
      if (mine.delete(path)) held.delete(path)
    })

  return {
    disk: Disk.of({
      makeFolder: (folder) => live(disk.makeFolder(folder)),
      list: (folder) => live(disk.list(folder)),
      size: (path) => live(disk.size(path)),
      read: (path) => live(disk.read(path)),
      open: (path) =>
        Effect.map(change(["open", path], disk.open(path)), (file) => fileOf(file, change)),
      copy: (from, to) => change(["copy", to], disk.copy(from, to)),
      rename: (from, to) => change(["rename", from], disk.rename(from, to)),
      remove: (path) => change(["remove", path], disk.remove(path)),
      syncFolder: (folder) => change(["sync-folder", folder], disk.syncFolder(folder)),
      hold: (path) => Effect.asVoid(Effect.acquireRelease(hold(path), () => free(path))),
    }),
    failIn: (count, fault) => steps.faults.set(steps.count + count, fault),
    stepsCount: () => steps.count,
    hasFailed: () => steps.hasFailed,
    release: () => {
      for (const path of mine) held.delete(path)
      mine.clear()
    },
  }
}

type Change = <A>(
  call: Call,
  step: Effect.Effect<A, DiskFailed>,
  part?: Effect.Effect<A, DiskFailed>,
) => Effect.Effect<A, DiskFailed>

const fileOf = (file: DiskFile, change: Change): DiskFile => ({
  path: file.path,
  write: (bytes, offset) =>
    change(
      ["write", file.path],
      file.write(bytes, offset),
      file.write(bytes.subarray(0, bytes.length / 2), offset),
    ),
  sync: change(["sync", file.path], file.sync),
  truncate: (lengthBytes) => change(["truncate", file.path], file.truncate(lengthBytes)),
  close: file.close,
})

/** Does a step, or what the fault of its number makes of it; `part` is half of it. */
const changing =
  (steps: Steps): Change =>
  (call, step, part) =>
    Effect.suspend(() => {
      if (steps.isDead()) return Effect.never
      steps.count += 1
      const fault = steps.faults.get(steps.count)
      if (fault === undefined || !strikes(fault, call[0])) return step
      return struck(steps, { call, step, part: part ?? step, fault })
    })

interface Struck<A> {
  readonly call: Call
  readonly step: Effect.Effect<A, DiskFailed>
  readonly part: Effect.Effect<A, DiskFailed>
  readonly fault: StepFault
}

const struck = <A>(steps: Steps, { call, step, part, fault }: Struck<A>) => {
  steps.hasFailed ||= !fault.startsWith("dies")
  const dies = Effect.andThen(Effect.sync(steps.die), Effect.never)
  switch (fault) {
    case "dies-before":
      return dies
    case "dies-after":
      return Effect.andThen(step, dies)
    case "refused":
      return Effect.fail(failed(call, "ENOSPC"))
    case "short":
      return Effect.andThen(part, Effect.fail(failed(call, "short")))
    case "not-synced":
      return Effect.fail(failed(call, "EIO"))
    case "done-but-told-failed":
      return Effect.andThen(step, Effect.fail(failed(call, "EIO")))
  }
}

/** A full disk refuses what takes room, and a failing one what must be certain. */
const strikes = (fault: StepFault, operation: DiskOperation): boolean => {
  if (fault === "refused") return operation === "write" || operation === "open"
  if (fault === "short") return operation === "write"
  if (fault === "not-synced") return operation === "sync" || operation === "sync-folder"
  return true
}

const failed = ([operation, file]: Call, code: string): DiskFailed =>
  new DiskFailed({ operation, file, code })
