import { writeSync, openSync, closeSync } from "node:fs"
import { basename } from "node:path"
import { Effect, Layer } from "effect"
import { Disk, type DiskFile } from "../../src/log/file/disk.ts"
import { nodeDisk } from "../../src/log/file/node-disk.ts"

/** A step of the disk, and which of its kind since a second segment was begun. */
export interface FatalStep {
  readonly what: string
  readonly nth: number
}

/** The machine's disk, on which the process kills itself before a step. A write is half done then. */
export const killingDisk = ({ what: fatal, nth }: FatalStep): Layer.Layer<Disk> => {
  let segmentsCount = 0
  let fatalCount = 0

  const dying = <A, E>(what: string, effect: Effect.Effect<A, E>, last = () => {}) =>
    Effect.suspend(() => {
      if (segmentsCount < 2 || what !== fatal || (fatalCount += 1) < nth) return effect
      last()
      process.kill(process.pid, "SIGKILL")
      return Effect.never
    })

  const dyingFile = (file: DiskFile): DiskFile => {
    const name = nameOf(file.path)
    return {
      path: file.path,
      write: (bytes, offset) =>
        dying(`write ${name}`, file.write(bytes, offset), () =>
          writeHalf(file.path, bytes, offset),
        ),
      sync: dying(`sync ${name}`, file.sync),
      truncate: (lengthBytes) => dying(`truncate ${name}`, file.truncate(lengthBytes)),
      close: dying(`close ${name}`, file.close),
    }
  }

  return Layer.succeed(
    Disk,
    Disk.of({
      ...nodeDisk,
      open: (path) =>
        Effect.suspend(() => {
          if (nameOf(path) === "horolog.journal") segmentsCount += 1
          return Effect.map(dying(`open ${nameOf(path)}`, nodeDisk.open(path)), dyingFile)
        }),
      rename: (from, to) => dying(`rename ${nameOf(to)}`, nodeDisk.rename(from, to)),
      remove: (path) => dying(`remove ${nameOf(path)}`, nodeDisk.remove(path)),
      syncFolder: (folder) => dying("sync-folder", nodeDisk.syncFolder(folder)),
    }),
  )
}

/** Without the position at which a segment begins. */
const nameOf = (path: string): string => basename(path).replace(/^(horolog\.journal).*/, "$1")

const writeHalf = (path: string, bytes: Uint8Array, offset: number): void => {
  const descriptor = openSync(path, "r+")
  writeSync(descriptor, bytes, 0, Math.floor(bytes.length / 2), offset)
  closeSync(descriptor)
}
