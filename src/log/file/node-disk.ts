import {
  chmod,
  copyFile,
  open,
  mkdir,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  type FileHandle,
} from "node:fs/promises"
import { constants } from "node:fs"
import { Effect, Layer } from "effect"
import { Disk, DiskFailed, type DiskFile, type DiskOperation } from "./disk.ts"
import { holdFile } from "./lock.ts"

/** The disk of the machine. */
export const nodeDisk = Disk.of({
  makeFolder: (folder) =>
    attempt("make-folder", folder, async () => {
      await mkdir(folder, { recursive: true, mode: 0o700 })
    }),
  list: (folder) => attempt("list", folder, () => readdir(folder)),
  size: (path) => attempt("size", path, () => sizeOf(path)),
  read: (path) => attempt("read", path, () => readFile(path)),
  open: (path) =>
    Effect.map(
      attempt("open", path, () => open(path, constants.O_RDWR | constants.O_CREAT, 0o600)),
      (handle) => opened(path, handle),
    ),
  copy: (from, to) => attempt("copy", to, () => copySynced(from, to)),
  rename: (from, to) => attempt("rename", from, () => rename(from, to)),
  remove: (path) => attempt("remove", path, () => rm(path, { force: true })),
  syncFolder: (folder) => attempt("sync-folder", folder, () => syncPath(folder)),
  hold: holdFile,
})

export const layer: Layer.Layer<Disk> = Layer.succeed(Disk, nodeDisk)

const attempt = <A>(
  operation: DiskOperation,
  file: string,
  run: () => Promise<A>,
): Effect.Effect<A, DiskFailed> =>
  Effect.tryPromise({
    try: run,
    catch: (cause) => new DiskFailed({ operation, file, code: codeOf(cause) }),
  })

const codeOf = (cause: unknown): string =>
  (cause as NodeJS.ErrnoException).code ?? (cause as Error).message

const opened = (path: string, handle: FileHandle): DiskFile => ({
  path,
  write: (bytes, offset) => attempt("write", path, () => writeWhole(handle, bytes, offset)),
  sync: attempt("sync", path, () => handle.datasync()),
  truncate: (lengthBytes) => attempt("truncate", path, () => handle.truncate(lengthBytes)),
  close: Effect.promise(() => handle.close()),
})

const writeWhole = async (handle: FileHandle, bytes: Uint8Array, offset: number): Promise<void> => {
  const { bytesWritten } = await handle.write(bytes, 0, bytes.length, offset)
  if (bytesWritten < bytes.length) throw new Error("short")
}

const sizeOf = async (path: string): Promise<number | undefined> => {
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return undefined
    throw cause
  })
  return found?.size
}

const copySynced = async (from: string, to: string): Promise<void> => {
  await copyFile(from, to)
  await chmod(to, 0o600)
  await syncPath(to)
}

const syncPath = async (path: string): Promise<void> => {
  const handle = await open(path, constants.O_RDONLY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
