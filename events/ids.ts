import { Schema } from "effect"

/** `job_<uuidv7>`; made once, when the job is added. */
export const JobId = Schema.NonEmptyString
export type JobId = typeof JobId.Type

/** `run_<uuidv7>`; one attempt at an occurrence, or at a request. */
export const RunId = Schema.NonEmptyString
export type RunId = typeof RunId.Type

/** `<runId>/delivery`; the same through every attempt, so a channel can tell a repetition. */
export const DeliveryId = Schema.NonEmptyString
export type DeliveryId = typeof DeliveryId.Type

/** Where an answer goes: `channel` is the kind, `chatId` the address in it. */
export const Chat = Schema.Struct({ channel: Schema.NonEmptyString, chatId: Schema.NonEmptyString })
export type Chat = typeof Chat.Type
