import { Effect, Result, Schema } from "effect"
import type { UpdateJob } from "../../machines/command.ts"
import { defaultName } from "../../machines/decide/definition.ts"
import { Refusal } from "../../machines/refusal.ts"
import type { ScheduledJobRow } from "../../projections/scheduled-jobs.ts"
import { Settings } from "../settings.ts"
import { callerChat, chatFor } from "./caller.ts"
import { required } from "./decode-input.ts"
import { answerOf, JobAnswer, scheduleOf } from "./job-answer.ts"
import { defineOperation, type Caller } from "./operation.ts"
import { PolicyInput, toPolicyPatch } from "./policy-input.ts"
import { scheduleFields, toScheduleRequest, type ScheduleInput } from "./schedule-input.ts"
import { dispatch, targetOf } from "./target.ts"

const clearable = <S extends Schema.Top>(schema: S, description: string) =>
  Schema.optionalKey(Schema.NullOr(schema).annotate({ description }))

const { tz: _tz, ...scheduleForms } = scheduleFields

export const UpdateInput = Schema.Struct({
  job_id: Schema.NonEmptyString.annotate({ description: "The job: id, unique name or id prefix." }),
  prompt: clearable(Schema.NonEmptyString, "What to ask."),
  ...scheduleForms,
  tz: clearable(Schema.String, "IANA zone; alone it moves a cron schedule to another zone."),
  name: clearable(Schema.NonEmptyString, "null: the beginning of the prompt."),
  channel: clearable(Schema.NonEmptyString, "null: the calling chat."),
  chat_id: clearable(Schema.NonEmptyString, "null: the calling chat."),
  model: clearable(Schema.NonEmptyString, "null: the agent's default."),
  delete_after_run: clearable(Schema.Boolean, "null: keep the job after it ran."),
  policy: clearable(PolicyInput, "Only the keys given change; null for one: its default."),
})
export type UpdateInput = typeof UpdateInput.Type

/** Changes what is given and nothing else. */
export const update = defineOperation({
  name: "update",
  title: "Change a job",
  kind: "write",
  input: UpdateInput,
  output: JobAnswer,
  run: Effect.fn("update")((input, caller) =>
    changeJob(input, caller, { operation: "update", input }),
  ),
})

type Patch = Omit<UpdateJob, "type" | "jobId">

/** Changes a job; `asked` is what the caller asked for, by which a repetition is told. */
export const changeJob = Effect.fnUntraced(function* (
  input: UpdateInput,
  caller: Caller,
  asked: { readonly operation: string; readonly input: unknown },
) {
  const { jobId, commandId, row } = yield* targetOf(input.job_id, caller)
  const patch: Patch = row === undefined ? {} : yield* patchOf(input, row, caller)
  if (row !== undefined && Object.keys(patch).length === 0) return yield* nothingToChange(input)
  const command: UpdateJob = { type: "update-job", jobId, ...patch }
  const { zoneFrom } = yield* Settings
  return yield* dispatch({
    ...asked,
    command,
    commandId,
    caller,
    answer: (decided) => answerOf(decided, { zoneFrom: input.tz === null ? zoneFrom : "job" }),
  })
})

const patchOf = Effect.fnUntraced(function* (
  input: UpdateInput,
  row: ScheduledJobRow,
  caller: Caller,
) {
  if (input.prompt === null) return yield* noPrompt()
  const schedule = yield* scheduleChange(input, row)
  const chat = yield* chatChange(input, row, caller)
  const policy = yield* Effect.fromResult(policyChange(input, scheduleOf(row).tz))
  const changes = { ...textChanges(input, row), ...chat, ...policy }
  return schedule === undefined ? changes : { ...changes, schedule }
})

const noPrompt = (): Refusal =>
  required("prompt", null, "A job always asks something; leave prompt out to keep it.")

const textChanges = (
  { name, prompt, model, delete_after_run }: UpdateInput,
  row: ScheduledJobRow,
): Patch => ({
  ...(typeof prompt === "string" && { prompt }),
  ...(name !== undefined && { name: name ?? defaultName(prompt ?? row.prompt) }),
  ...(model !== undefined && { model }),
  ...(delete_after_run !== undefined && { deleteAfterRun: delete_after_run ?? false }),
})

/** null for the whole policy takes every key back to its default. */
const policyChange = (
  { policy, tz }: UpdateInput,
  zone: string,
): Result.Result<Pick<Patch, "policy">, Refusal> => {
  if (policy === undefined) return Result.succeed({})
  const asked =
    policy ?? Object.fromEntries(Object.keys(PolicyInput.fields).map((key) => [key, null]))
  return Result.map(toPolicyPatch(asked, tz ?? zone), (patch) => ({ policy: patch }))
}

/** Without a zone the job's own stays; null goes back to the one that jobs get by default. */
const scheduleChange = Effect.fnUntraced(function* (input: UpdateInput, row: ScheduledJobRow) {
  const { zone } = yield* Settings
  const tz = input.tz === null ? zone : input.tz
  const zoned: ScheduleInput = tz === undefined ? scheduleOnly(input) : { ...input, tz }
  const asked = yield* Effect.fromResult(toScheduleRequest(zoned))
  if (asked !== undefined || tz === undefined) return asked
  const schedule = scheduleOf(row)
  if (schedule.type !== "cron") return yield* zoneAlone(tz, schedule.type)
  return { cron: schedule.expr, tz }
})

const scheduleOnly = ({ tz: _tz, ...input }: UpdateInput): ScheduleInput => input

const chatChange = Effect.fnUntraced(function* (
  { channel, chat_id }: UpdateInput,
  row: ScheduledJobRow,
  caller: Caller,
) {
  if (channel === undefined && chat_id === undefined) return {}
  const now = { channel: row.channel, chatId: row.chat_id }
  const usual = channel === null || chat_id === null ? callerChat(caller) : now
  return yield* chatFor(
    {
      ...(channel !== undefined && channel !== row.channel && { channel }),
      ...(chat_id !== undefined && { chatId: chat_id }),
    },
    usual,
  )
})

const nothingToChange = (input: UpdateInput): Refusal =>
  new Refusal({
    code: "invalid-input",
    message: "Nothing to change was given.",
    received: Object.keys(input),
    expected: Object.keys(UpdateInput.fields)
      .filter((field) => field !== "job_id")
      .join(", "),
    hint: "Blank fields change nothing; null clears.",
  })

const zoneAlone = (tz: string, type: string): Refusal =>
  new Refusal({
    code: "invalid-schedule",
    message: `A job of type ${type} does not depend on a zone.`,
    received: tz,
    expected: "tz together with a new schedule, or alone for a cron schedule",
    hint: "Give the new time together with tz.",
  })
