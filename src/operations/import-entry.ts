import { Effect, Result } from "effect"
import type { Actor } from "../../events/envelope.ts"
import { decide } from "../../machines/decide.ts"
import type { Refusal } from "../../machines/refusal.ts"
import { resolveSchedule } from "../../machines/schedule.ts"
import { evolve, initial } from "../../machines/table.ts"
import { Channels } from "../channels/channel.ts"
import { Clock } from "../clock/clock.ts"
import type { ImportedJob, ImportEntry } from "../import/entry.ts"
import { Random } from "../random.ts"
import { Agents } from "../run/agent.ts"
import { Settings } from "../settings.ts"
import { Views } from "../views/views.ts"
import { add, addCommand, type AddInput } from "./add.ts"
import { answerOf, answerOfRow, type JobAnswer } from "./job-answer.ts"
import type { ImportedEntry, ImportInput } from "./import-answer.ts"
import { toMoment } from "./moment.ts"
import { toScheduleRequest } from "./schedule-input.ts"

/** An entry that becomes a job. */
type JobEntry = ImportEntry & { readonly job: ImportedJob }

/** What an entry is taken in with. */
export interface Taking {
  readonly input: ImportInput
  /** The account that commands run under here. */
  readonly runningUser: string
  readonly by: Actor
  readonly commandId: string
}

/** Adds an entry; with a key that is there already, the job that has it stays as it is. */
export const addEntry = Effect.fnUntraced(function* (entry: JobEntry, taking: Taking) {
  const { by, commandId } = taking
  const { input, notes } = yield* inputOf(entry, taking)
  return yield* add.run(input, { by, commandId }).pipe(
    Effect.flatMap((answer) =>
      answer.existed
        ? Effect.succeed(existedEntry(entry, answer))
        : Effect.map(firstDue(input), (next) =>
            jobEntry(entry, { outcome: "added", answer, next, notes }),
          ),
    ),
    Effect.catchTag("Refusal", (refusal) => Effect.succeed(refusedEntry(entry, wordsOf(refusal)))),
  )
})

/** Says what adding an entry would come to: the same decision, of which nothing is recorded. */
export const previewEntry = Effect.fnUntraced(function* (entry: JobEntry, taking: Taking) {
  const { input, notes } = yield* inputOf(entry, taking)
  const before = yield* (yield* Views).jobByKey(input.key ?? "")
  if (before !== undefined) return existedEntry(entry, answerOfRow(before))
  return yield* decided(input, taking).pipe(
    Effect.flatMap((answer) =>
      Effect.map(firstDue(input), (next) =>
        jobEntry(entry, { outcome: "would-add", answer, next, notes }),
      ),
    ),
    Effect.catchTag("Refusal", (refusal) => Effect.succeed(refusedEntry(entry, wordsOf(refusal)))),
  )
})

const decided = Effect.fnUntraced(function* (input: AddInput, { by }: Taking) {
  const now = (yield* Clock).now()
  const settings = yield* Settings
  const command = yield* addCommand(input, { by }, (yield* Random).uuid(now))
  const facts = yield* Effect.fromResult(
    decide(initial, command, {
      ...settings,
      now,
      by,
      bootId: "preview",
      upSince: now,
      channels: (yield* Channels).kinds,
      // Whether there is an agent shell is said once, for all entries.
      ...(input.policy?.agent === "shell" ? {} : { agents: (yield* Agents).names }),
    }),
  )
  return answerOf({ jobId: command.jobId, now, facts, after: facts.reduce(evolve, initial) })
})

/** What the operation `add` is asked: with the chat the answers go to here, and on or off. */
const inputOf = Effect.fnUntraced(function* (entry: JobEntry, taking: Taking) {
  const { job, wasEnabled } = entry
  const { kinds } = yield* Channels
  const { enable = false } = taking.input
  const chat = askedChat(taking.input) ?? formerChat(job, kinds)
  const isForeign = job.user !== undefined && job.user !== taking.runningUser
  const enabled = enable && wasEnabled && !isForeign
  const input: AddInput = { ...job.input, ...chat.fields, enabled, on_exists: "return" }
  const notes = [...entry.notes, ...chat.notes]
  if (!wasEnabled) notes.push("It was off, and stays so.")
  if (isForeign && enable) notes.push(foreignNote(job.user, taking.runningUser))
  return { input, notes }
})

const foreignNote = (user: string, runningUser: string): string =>
  `It comes disabled: it ran as ${user}, and would run as ${runningUser} here.`

interface ChatHere {
  readonly fields: Pick<AddInput, "channel" | "chat_id">
  readonly notes: ReadonlyArray<string>
}

const askedChat = ({ channel, chat_id }: ImportInput): ChatHere | undefined =>
  channel === undefined && chat_id === undefined
    ? undefined
    : {
        fields: {
          ...(channel !== undefined && { channel }),
          ...(chat_id !== undefined && { chat_id }),
        },
        notes: [],
      }

/** The chat it had, where that can be reached from here; else the calling one. */
const formerChat = ({ deliverTo }: ImportedJob, kinds: ReadonlyArray<string>): ChatHere => {
  if (deliverTo === undefined) return { fields: {}, notes: [] }
  const { channel, chatId } = deliverTo
  const isHere = kinds.includes(channel)
  if (isHere && chatId !== undefined) return { fields: { channel, chat_id: chatId }, notes: [] }
  const why = isHere ? "no chat is named" : `there is no channel ${channel} here`
  const where = chatId === undefined ? channel : `${channel} ${chatId}`
  const note = `Its answers went to ${where}; ${why}, so they go to the chat of the import.`
  return { fields: {}, notes: [note] }
}

const firstDue = Effect.fnUntraced(function* (input: AddInput) {
  const { now } = yield* Clock
  const settings = yield* Settings
  const request = Result.getOrUndefined(toScheduleRequest(input))
  if (request === undefined) return null
  const resolved = resolveSchedule(request, { ...settings, now: now() })
  if (Result.isFailure(resolved)) return null
  const { firstDueAt, schedule } = resolved.success
  return toMoment(firstDueAt, schedule.tz)
})

const wordsOf = ({ message, hint }: Refusal): string =>
  hint === undefined ? message : `${message.replace(/\.$/, "")}. ${hint}`

const jobEntry = (
  { ref }: ImportEntry,
  made: Pick<ImportedEntry, "outcome" | "next" | "notes"> & { readonly answer: JobAnswer },
): ImportedEntry => {
  const { outcome, next, notes, answer } = made
  return {
    ref,
    name: answer.name,
    outcome,
    job_id: outcome === "would-add" ? null : answer.job_id,
    state: answer.state,
    schedule: answer.schedule,
    next,
    channel: answer.channel,
    chat_id: answer.chat_id,
    reason: null,
    notes: [...notes, ...answer.warnings],
  }
}

const existedEntry = ({ ref }: ImportEntry, answer: JobAnswer): ImportedEntry => ({
  ref,
  name: answer.name,
  outcome: "existed",
  job_id: answer.job_id,
  state: answer.state,
  schedule: answer.schedule,
  next: answer.next[0] ?? null,
  channel: answer.channel,
  chat_id: answer.chat_id,
  reason: "It was taken in before, and was left as it is.",
  notes: [],
})

/** An entry that becomes nothing, and why. */
export const refusedEntry = ({ ref, name, notes }: ImportEntry, reason: string): ImportedEntry => ({
  ref,
  name,
  outcome: "refused",
  job_id: null,
  state: null,
  schedule: null,
  next: null,
  channel: null,
  chat_id: null,
  reason,
  notes,
})
