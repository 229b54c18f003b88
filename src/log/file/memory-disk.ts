import { dirname, basename } from "node:path"
import { Effect } from "effect"
import { Disk, DiskFailed, type DiskFile, type DiskOperation } from "./disk.ts"

/** Ways in which a disk fails. `power-lost` fails everything until the machine is started again. */
export type DiskFault = "write-refused" | "short-write" | "sync-fails" | "power-lost"

/** What power loss leaves of what was not synced: nothing, or any part of it. */
export type PowerLoss =
  | { readonly keeps: "nothing" }
  | { readonly keeps: "some"; readonly random: () => number }

/** A disk in memory that can be made to fail, and tells what was synced from what was not. */
export interface MemoryDisk {
  readonly disk: Disk["Service"]
  /** Before the step of this number (from 1, counting what changes the disk) the fault strikes. */
  readonly failAt: (step: number, fault: DiskFault) => void
  /** The changes so far. */
  readonly stepsCount: () => number
  /** Starts the machine again after power loss: locks are free, and what was not synced is uncertain. */
  readonly restart: (loss: PowerLoss) => void
  /** Every file as a program would read it now. */
  readonly files: () => ReadonlyMap<string, Uint8Array>
  /** Puts a file there, synced. */
  readonly put: (path: string, bytes: Uint8Array) => void
}

/** `synced` shares the first `sharedBytes` with `bytes`: what was synced and not written since. */
interface Inode {
  bytes: Buffer
  synced: Buffer
  sharedBytes: number
}

interface World {
  /** Names as they are, and as they would be after power loss. */
  names: Map<string, Inode>
  syncedNames: Map<string, Inode>
  readonly held: Set<string>
  readonly faults: Map<number, DiskFault>
  stepsCount: number
  powerLost: boolean
}

// Smaller than any real one, so that short groups tear as well.
const sectorBytes = 64
const codes = {
  "write-refused": "ENOSPC",
  "short-write": "short",
  "sync-fails": "EIO",
  "power-lost": "power lost",
} satisfies Record<DiskFault, string>

export const makeMemoryDisk = (): MemoryDisk => {
  const world: World = {
    names: new Map(),
    syncedNames: new Map(),
    held: new Set(),
    faults: new Map(),
    stepsCount: 0,
    powerLost: false,
  }
  return {
    disk: diskOf(world),
    failAt: (step, fault) => world.faults.set(step, fault),
    stepsCount: () => world.stepsCount,
    restart: (loss) => restart(world, loss),
    files: () => new Map([...world.names].map(([path, { bytes }]) => [path, Buffer.from(bytes)])),
    put: (path, bytes) => put(world, path, bytes),
  }
}

const put = (world: World, path: string, bytes: Uint8Array): void => {
  const inode = inodeOf(bytes)
  world.names.set(path, inode)
  world.syncedNames.set(path, inode)
}

const inodeOf = (bytes: Uint8Array): Inode => ({
  bytes: ownCopy(bytes),
  synced: ownCopy(bytes),
  sharedBytes: bytes.length,
})

const diskOf = (world: World): Disk["Service"] =>
  Disk.of({
    makeFolder: () => Effect.void,
    list: (folder) =>
      reading(world, ["list", folder], () =>
        [...world.names.keys()]
          .filter((path) => dirname(path) === folder)
          .map((path) => basename(path)),
      ),
    size: (path) => reading(world, ["size", path], () => world.names.get(path)?.bytes.length),
    read: (path) => Effect.suspend(() => readWhole(world, path)),
    open: (path) => changing(world, ["open", path], () => openFile(world, path)),
    copy: (from, to) =>
      changing(world, ["copy", to], () =>
        put(world, to, world.names.get(from)?.bytes ?? Buffer.alloc(0)),
      ),
    rename: (from, to) => changing(world, ["rename", from], () => rename(world, from, to)),
    remove: (path) => changing(world, ["remove", path], () => void world.names.delete(path)),
    syncFolder: (folder) =>
      changing(world, ["sync-folder", folder], () => syncFolder(world, folder)),
    hold: (path) =>
      Effect.asVoid(Effect.acquireRelease(hold(world, path), () => free(world, path))),
  })

type Call = readonly [operation: DiskOperation, file: string]

const reading = <A>(world: World, call: Call, run: () => A): Effect.Effect<A, DiskFailed> =>
  Effect.suspend(() =>
    world.powerLost ? Effect.fail(failed(call, "power-lost")) : Effect.sync(run),
  )

const changing = <A>(
  world: World,
  call: Call,
  run: (fault?: DiskFault) => A,
): Effect.Effect<A, DiskFailed> =>
  Effect.suspend(() => {
    const fault = faultNow(world)
    if (fault === undefined || !strikes(fault, call[0])) return Effect.sync(() => run())
    if (call[0] === "write" && fault !== "write-refused") run(fault)
    return Effect.fail(failed(call, fault))
  })

const faultNow = (world: World): DiskFault | undefined => {
  const fault = world.powerLost ? "power-lost" : world.faults.get(++world.stepsCount)
  if (fault === "power-lost") world.powerLost = true
  return fault
}

const strikes = (fault: DiskFault, operation: DiskOperation): boolean => {
  if (fault === "power-lost") return true
  if (fault === "sync-fails") return operation === "sync" || operation === "sync-folder"
  return operation === "write" || operation === "open"
}

const failed = ([operation, file]: Call, fault: DiskFault): DiskFailed =>
  new DiskFailed({ operation, file, code: codes[fault] })

const readWhole = (world: World, path: string): Effect.Effect<Uint8Array, DiskFailed> => {
  const found = world.names.get(path)
  return found === undefined
    ? Effect.fail(new DiskFailed({ operation: "read", file: path, code: "ENOENT" }))
    : reading(world, ["read", path], () => Buffer.from(found.bytes))
}

const openFile = (world: World, path: string): DiskFile => {
  const inode = world.names.get(path) ?? inodeOf(Buffer.alloc(0))
  world.names.set(path, inode)
  return {
    path,
    write: (bytes, offset) =>
      changing(world, ["write", path], (fault) => {
        const part = fault === undefined ? bytes : bytes.subarray(0, bytes.length / 2)
        write(inode, part, offset)
      }),
    sync: changing(world, ["sync", path], () => sync(inode)),
    truncate: (lengthBytes) =>
      changing(world, ["truncate", path], () => {
        write(inode, Buffer.alloc(0), lengthBytes)
        inode.bytes = inode.bytes.subarray(0, lengthBytes)
      }),
    close: Effect.void,
  }
}

// In place where there is room: a journal grows by a little, a thousand times.
const write = (inode: Inode, part: Uint8Array, offset: number): void => {
  const before = inode.bytes
  inode.bytes = grown(before, offset + part.length)
  if (offset > before.length) inode.bytes.fill(0, before.length, offset)
  inode.bytes.set(part, offset)
  inode.sharedBytes = Math.min(inode.sharedBytes, offset)
}

const sync = (inode: Inode): void => {
  const { bytes, synced, sharedBytes } = inode
  const from = Math.min(sharedBytes, synced.length)
  inode.synced = grown(synced.subarray(0, from), bytes.length)
  bytes.copy(inode.synced, from, from)
  inode.sharedBytes = bytes.length
}

/** The same bytes with room for so many, in the same memory if that is large enough. */
const grown = (bytes: Buffer, lengthBytes: number): Buffer => {
  if (lengthBytes <= bytes.length) return bytes
  const roomBytes = bytes.buffer.byteLength - bytes.byteOffset
  if (lengthBytes <= roomBytes) return Buffer.from(bytes.buffer, bytes.byteOffset, lengthBytes)
  const larger = Buffer.from(new ArrayBuffer(2 * lengthBytes), 0, lengthBytes)
  bytes.copy(larger)
  return larger
}

/** In memory that nobody shares, unlike what `Buffer.from` gives: it may be written behind its end. */
const ownCopy = (bytes: Uint8Array): Buffer => {
  const copy = Buffer.from(new ArrayBuffer(bytes.length))
  copy.set(bytes)
  return copy
}

const rename = (world: World, from: string, to: string): void => {
  const inode = world.names.get(from)
  if (inode === undefined) return
  world.names.delete(from)
  world.names.set(to, inode)
}

const syncFolder = (world: World, folder: string): void => {
  const elsewhere = [...world.syncedNames].filter(([path]) => dirname(path) !== folder)
  const here = [...world.names].filter(([path]) => dirname(path) === folder)
  world.syncedNames = new Map([...elsewhere, ...here])
}

const hold = (world: World, path: string): Effect.Effect<void, DiskFailed> =>
  Effect.suspend(() => {
    if (world.held.has(path)) {
      return Effect.fail(new DiskFailed({ operation: "hold", file: path, code: "held" }))
    }
    world.held.add(path)
    return Effect.void
  })

const free = (world: World, path: string): Effect.Effect<void> =>
  Effect.sync(() => void world.held.delete(path))

const restart = (world: World, loss: PowerLoss): void => {
  const kept = loss.keeps === "some" ? loss.random : () => 1
  world.names = namesAfter(world, kept)
  world.syncedNames = new Map(world.names)
  for (const inode of new Set(world.names.values())) {
    inode.bytes = bytesAfter(inode, kept)
    inode.synced = ownCopy(inode.bytes)
    inode.sharedBytes = inode.bytes.length
  }
  world.held.clear()
  world.faults.clear()
  world.powerLost = false
}

// Each change of a name that was not synced is there or is not, whatever became of the others.
const namesAfter = ({ names, syncedNames }: World, random: () => number): Map<string, Inode> => {
  const after = new Map(syncedNames)
  for (const path of new Set([...names.keys(), ...syncedNames.keys()])) {
    const now = names.get(path)
    if (now === syncedNames.get(path) || random() >= 0.5) continue
    if (now === undefined) after.delete(path)
    else after.set(path, now)
  }
  return after
}

// Sectors reach the disk in any order; a file may have grown without its new bytes being there.
const bytesAfter = ({ bytes, synced }: Inode, random: () => number): Buffer => {
  const after = Buffer.alloc(random() < 0.5 ? bytes.length : synced.length)
  synced.copy(after)
  for (let at = 0; at < after.length; at += sectorBytes) {
    if (random() < 0.5) bytes.subarray(at, at + sectorBytes).copy(after, at)
  }
  return after
}
