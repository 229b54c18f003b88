import { Effect, Schema } from "effect"
import type { AddJob } from "../../machines/command.ts"
import type { ScheduledJobRow } from "../../projections/scheduled-jobs.ts"
import { Settings } from "../settings.ts"
import { jobForbidden } from "../views/not-found.ts"
import { Views } from "../views/views.ts"
import { callerChat, chatFor, commandIds, scopeOf } from "./caller.ts"
import { answerOf, answerOfRow, JobAnswer } from "./job-answer.ts"
import { defineOperation, type Caller } from "./operation.ts"
import { PolicyInput, toPolicyPatch } from "./policy-input.ts"
import { noSchedule, scheduleFields, toScheduleRequest } from "./schedule-input.ts"
import { dispatch } from "./target.ts"
import { changeJob } from "./update.ts"
import { zoneFromOf } from "./zone-from.ts"

const text = (description: string) =>
  Schema.optionalKey(Schema.NonEmptyString.annotate({ description }))

export const AddInput = Schema.Struct({
  prompt: Schema.NonEmptyString.annotate({ description: "What to ask when the time comes." }),
  ...scheduleFields,
  name: text("A short label; the beginning of the prompt by default."),
  channel: text("Where the answer goes; the calling chat by default."),
  chat_id: text("The chat in that channel."),
  model: text("The model to ask; the agent's default otherwise."),
  delete_after_run: Schema.optionalKey(
    Schema.Boolean.annotate({ description: "Remove the job once a run succeeded." }),
  ),
  policy: Schema.optionalKey(PolicyInput),
  key: text("Your own name for the job: adding it again finds the one there is."),
  on_exists: Schema.optionalKey(
    Schema.Literals(["return", "update"]).annotate({
      description: "What to do when the key is taken: return that job (default), or update it.",
    }),
  ),
  enabled: Schema.optionalKey(
    Schema.Boolean.annotate({
      description: "false: made, but it does not fire until somebody enables it.",
    }),
  ),
})
export type AddInput = typeof AddInput.Type

/** Makes a job. With a `key` that is taken, the job that has it is returned or updated instead. */
export const add = defineOperation({
  name: "add",
  title: "Schedule a prompt",
  kind: "write",
  input: AddInput,
  output: JobAnswer,
  run: Effect.fn("add")(function* (input, caller) {
    const ids = yield* commandIds(caller)
    const before = yield* claimant(input, caller)
    if (before !== undefined) return yield* existing(before, input, { ...caller, ...ids })
    return yield* create(input, caller, ids).pipe(
      Effect.catchIf(
        (error) => error._tag === "Refusal" && error.code === "exists" && input.key !== undefined,
        (refusal) => outrun(refusal, input, { ...caller, commandId: `${ids.commandId}/existing` }),
      ),
    )
  }),
})

/** The job that has the key already; not asked of a command that was answered before. */
const claimant = Effect.fnUntraced(function* ({ key }: AddInput, { commandId }: Caller) {
  const views = yield* Views
  if (key === undefined) return undefined
  if (commandId !== undefined && (yield* views.answered(commandId))) return undefined
  return yield* views.jobByKey(key)
})

/** Somebody else took the key between the question and the command. */
const outrun = Effect.fnUntraced(function* <E>(refusal: E, input: AddInput, caller: Caller) {
  const row = yield* (yield* Views).jobByKey(input.key ?? "")
  return row === undefined ? yield* Effect.fail(refusal) : yield* existing(row, input, caller)
})

const existing = Effect.fnUntraced(function* (
  row: ScheduledJobRow,
  input: AddInput,
  caller: Caller,
) {
  const scope = yield* scopeOf(caller)
  const own = row.owner_channel === scope?.channel && row.owner_chat_id === scope.chatId
  if (scope !== undefined && !own) return yield* jobForbidden(row.id)
  if (input.on_exists !== "update") return answerOfRow(row, { warnings: [keptAsItIs(row)] })
  const { key: _key, on_exists: _onExists, enabled: _enabled, ...patch } = input
  const changed = yield* changeJob({ ...patch, job_id: row.id }, caller, {
    operation: "add",
    input,
  })
  return { ...changed, existed: true }
})

const create = Effect.fnUntraced(function* (
  input: AddInput,
  caller: Caller,
  { commandId, uuid }: { readonly commandId: string; readonly uuid: string },
) {
  const command = yield* addCommand(input, caller, uuid)
  const { schedule } = command
  const { zone, zoneFrom, schedulerEnabled } = yield* Settings
  const warnings = [
    ...(schedulerEnabled ? [] : ["The scheduler is switched off here: nothing will fire."]),
    ...(yield* twinWarnings(input, caller)),
  ]
  return yield* dispatch({
    operation: "add",
    input,
    command,
    commandId,
    caller,
    answer: (decided) =>
      answerOf(decided, {
        zoneFrom: zoneFromOf(schedule, { now: decided.now, zone, zoneFrom }),
        warnings,
      }),
  })
})

/** What an input asks for, as a command. */
export const addCommand = Effect.fnUntraced(function* (
  input: AddInput,
  caller: Caller,
  uuid: string,
) {
  const schedule = yield* Effect.fromResult(toScheduleRequest(input))
  if (schedule === undefined) return yield* noSchedule(Object.keys(input))
  const chat = yield* chatFor(
    {
      ...(input.channel !== undefined && { channel: input.channel }),
      ...(input.chat_id !== undefined && { chatId: input.chat_id }),
    },
    callerChat(caller),
  )
  const command: AddJob = {
    type: "add-job",
    jobId: `job_${uuid}`,
    owner: callerChat(caller),
    prompt: input.prompt,
    schedule,
    ...chat,
    ...optional(input),
    ...(yield* policyOf(input)),
  }
  return command
})

/** Times in a policy are local to the zone that the job is given. */
const policyOf = Effect.fnUntraced(function* ({ policy, tz, schedule }: AddInput) {
  if (policy === undefined) return {}
  const { zone } = yield* Settings
  const patch = yield* Effect.fromResult(toPolicyPatch(policy, tz ?? schedule?.tz ?? zone))
  return { policy: patch }
})

const optional = ({ name, model, delete_after_run, key, enabled }: AddInput) => ({
  ...(name !== undefined && { name }),
  ...(model !== undefined && { model }),
  ...(delete_after_run !== undefined && { deleteAfterRun: delete_after_run }),
  ...(key !== undefined && { key }),
  ...(enabled !== undefined && { enabled }),
})

/** Models repeat themselves: a job of the same name in the same chat is likely the same wish. */
const twinWarnings = Effect.fnUntraced(function* ({ name, key }: AddInput, caller: Caller) {
  if (name === undefined || key !== undefined) return []
  const [twin] = yield* (yield* Views).jobsNamed(name, callerChat(caller))
  if (twin === undefined) return []
  return [`${twin} has the same name: update or remove it if this one was to replace it.`]
})

const keptAsItIs = ({ id, key }: ScheduledJobRow): string =>
  `${id} has the key ${key} already and was left as it is; on_exists: "update" would change it.`
