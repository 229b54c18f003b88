import { constants } from "node:fs"
import { mkdir, open, stat, type FileHandle } from "node:fs/promises"
import { dirname } from "node:path"

export interface AppendTarget {
  readonly file: string
  /** False: a link in place of the file is an error, since it may lead anywhere. */
  readonly followLinks: boolean
}

/** Appends all of a text and syncs it, or leaves the file as it was and rejects. */
export const appendDurably = async (target: AppendTarget, text: string): Promise<void> => {
  const firstMade = await mkdir(dirname(target.file), { recursive: true })
  const isNew = !(await exists(target.file))
  const handle = await open(target.file, flags(target))
  try {
    await appendOrTakeBack(handle, Buffer.from(text, "utf8"))
  } finally {
    await handle.close()
  }
  if (isNew) await syncFolders(dirname(target.file), firstMade)
}

/** Without waiting: to open a pipe nobody reads would hold us for ever. */
const flags = ({ followLinks }: AppendTarget): number =>
  constants.O_WRONLY |
  constants.O_APPEND |
  constants.O_CREAT |
  constants.O_NONBLOCK |
  (followLinks ? 0 : constants.O_NOFOLLOW)

const exists = async (file: string): Promise<boolean> =>
  await stat(file).then(
    () => true,
    () => false,
  )

const appendOrTakeBack = async (handle: FileHandle, bytes: Buffer): Promise<void> => {
  const before = await handle.stat()
  if (!before.isFile()) throw new Error("it is no file, so nothing proves what it took")
  try {
    await handle.appendFile(bytes)
    await handle.sync()
  } catch (error) {
    await handle.truncate(before.size).catch(() => {
      throw new Error(`a part of it may be there: ${(error as Error).message}`, { cause: error })
    })
    throw error
  }
}

/** A new name is on the disk once its folder is, and so on up to the first folder that was made. */
const syncFolders = async (folder: string, firstMade: string | undefined): Promise<void> => {
  await syncFolder(folder)
  if (firstMade === undefined) return
  for (let made = folder; made.length >= firstMade.length; made = dirname(made)) {
    await syncFolder(dirname(made))
  }
}

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, constants.O_RDONLY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
