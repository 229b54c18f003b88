import { Effect, Result } from "effect"
import type { Chat } from "../../events/ids.ts"
import { Refusal } from "../../machines/refusal.ts"
import { Channels } from "../channels/channel.ts"
import { Clock } from "../clock/clock.ts"
import { Random } from "../random.ts"
import { Settings } from "../settings.ts"
import { nearest } from "../views/near.ts"
import { required } from "./decode-input.ts"
import type { Caller } from "./operation.ts"

/** The chat a command comes from; whoever names none sits at the terminal. */
export const callerChat = ({ by }: Caller): Chat => ({
  channel: by.channel ?? "cli_chat",
  chatId: by.chatId ?? "default",
})

/** What a caller may see: agents the jobs of their own chat, people all (undefined). */
export const scopeOf = (caller: Caller): Effect.Effect<Chat | undefined, never, Settings> =>
  Effect.map(Settings, ({ agentsSeeAll }) =>
    caller.by.kind === "agent" && !agentsSeeAll ? callerChat(caller) : undefined,
  )

/** The command's id, and the ids that derive from it. */
export interface CommandIds {
  readonly commandId: string
  /** A uuid of version 7: the command's own, when it is one. */
  readonly uuid: string
}

export const commandIds = ({
  commandId,
}: Caller): Effect.Effect<CommandIds, never, Clock | Random> =>
  Effect.gen(function* () {
    if (commandId !== undefined && uuidV7.test(commandId)) return { commandId, uuid: commandId }
    const { now } = yield* Clock
    const { uuid: makeUuid } = yield* Random
    const uuid = makeUuid(now())
    return { commandId: commandId ?? uuid, uuid }
  })

/**
 * Where the answers go: what was asked for, else `usual`. A channel that is named needs its chat: in
 * another one the usual chat would be somebody else's.
 */
export const chatFor = (
  asked: { readonly channel?: string | null; readonly chatId?: string | null },
  usual: Chat,
): Effect.Effect<Chat, Refusal, Channels> =>
  Effect.flatMap(Channels, ({ kinds }) => {
    const channel = asked.channel ?? usual.channel
    const chatId = asked.chatId ?? (typeof asked.channel === "string" ? undefined : usual.chatId)
    if (chatId !== undefined) return Effect.succeed({ channel, chatId })
    return Effect.fromResult(Result.fail(withoutChat(channel, kinds)))
  })

const uuidV7 = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/i

const withoutChat = (channel: string, kinds: ReadonlyArray<string>): Refusal =>
  kinds.includes(channel)
    ? required("chat_id", { channel }, "Leave channel out as well to answer in this chat.")
    : unknownChannel(channel, kinds)

const unknownChannel = (channel: string, kinds: ReadonlyArray<string>): Refusal => {
  const [near] = nearest(channel, kinds)
  return new Refusal({
    code: "unknown-channel",
    message: `Unknown channel "${channel}".`,
    received: channel,
    expected: `one of ${kinds.join(", ")}`,
    hint:
      near === undefined ? "Leave channel out to answer in this chat." : `Did you mean ${near}?`,
    matches: kinds,
  })
}
