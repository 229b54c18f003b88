import { isFields, type Fields } from "./document.ts"
import type { OldChat } from "./entry.ts"
import { shown, textOf } from "./fields.ts"

/** Where the answers of a job went, and what of that is not taken over. */
export interface OldDelivery {
  readonly chat: OldChat | undefined
  readonly notes: ReadonlyArray<string>
}

/** `origin`, `local`, `all`, `platform`, `platform:chat[:thread]`, or several of them. */
export const deliveryOf = (job: Fields): OldDelivery => {
  const targets = targetsOf(job["deliver"])
  const [first, ...others] = targets
  const { chat, notes } = chatOf(first ?? "origin", job["origin"])
  const many = `Its answers also went to ${others.map(shown).join(", ")}; here a job has one chat.`
  return { chat, notes: others.length === 0 ? notes : [...notes, many] }
}

const targetsOf = (deliver: unknown): ReadonlyArray<string> => {
  const all = Array.isArray(deliver) ? deliver : (textOf(deliver)?.split(",") ?? [])
  return all.flatMap((target) => textOf(target)?.trim() ?? [])
}

const chatOf = (target: string, origin: unknown): OldDelivery => {
  if (target === "origin") return { chat: originChat(origin), notes: threadNote(origin) }
  if (target === "local") {
    return { chat: undefined, notes: ["Its answers stayed in files; here they go to the chat."] }
  }
  if (target === "all") {
    return { chat: undefined, notes: ["Its answers went everywhere; here a job has one chat."] }
  }
  const [channel = "", chatId, ...thread] = target.split(":")
  const notes = thread.length === 0 ? [] : [`The thread ${thread.join(":")} is not taken over.`]
  return { chat: { channel, ...(chatId !== undefined && chatId !== "" && { chatId }) }, notes }
}

const originChat = (origin: unknown): OldChat | undefined => {
  if (!isFields(origin)) return undefined
  const channel = textOf(origin["platform"])
  const chatId = origin["chat_id"]
  if (channel === undefined) return undefined
  const isThere = typeof chatId === "number" || textOf(chatId) !== undefined
  return { channel, ...(isThere && { chatId: String(chatId) }) }
}

const threadNote = (origin: unknown): ReadonlyArray<string> => {
  const thread = isFields(origin) ? textOf(origin["thread_id"]) : undefined
  return thread === undefined ? [] : [`The thread ${thread} is not taken over.`]
}
