import { writeSync, openSync, closeSync } from "node:fs"
import { basename } from "node:path"
import { Effect, Layer } from "effect"
import { Disk, type DiskFile } from "../../src/log/file/disk.ts"
import { nodeDisk } from "../../src/log/file/node-disk.ts"

/**
 * The machine's disk, on which the process kills itself before a step, counted from when a second
 * segment is begun. A write is half done by then.
 */
export const killingDisk = (killAt: number, say: (what: string) => void): Layer.Layer<Disk> => {
  let segmentsCount = 0
  let stepsCount = 0

  const dying = <A, E>(what: string, effect: Effect.Effect<A, E>, last = () => {}) =>
    Effect.suspend(() => {
      if (segmentsCount < 2 || (stepsCount += 1) < killAt) return effect
      last()
      say(what)
      process.kill(process.pid, "SIGKILL")
      return Effect.never
    })

  const dyingFile = (file: DiskFile): DiskFile => {
    const name = basename(file.path)
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
          if (basename(path).startsWith("horolog.journal.")) segmentsCount += 1
          return Effect.map(dying(`open ${basename(path)}`, nodeDisk.open(path)), dyingFile)
        }),
      rename: (from, to) => dying(`rename ${basename(to)}`, nodeDisk.rename(from, to)),
      remove: (path) => dying(`remove ${basename(path)}`, nodeDisk.remove(path)),
      syncFolder: (folder) => dying("sync-folder", nodeDisk.syncFolder(folder)),
    }),
  )
}

const writeHalf = (path: string, bytes: Uint8Array, offset: number): void => {
  const descriptor = openSync(path, "r+")
  writeSync(descriptor, bytes, 0, Math.floor(bytes.length / 2), offset)
  closeSync(descriptor)
}
