import { Result } from "effect"
import { describe, expect, test } from "vitest"
import { decide } from "../../machines/decide.ts"
import { given } from "../kit/given.ts"
import { sampleFacts } from "../kit/walks.ts"
import {
  added,
  agent,
  at,
  disableJob,
  enableJob,
  jobId,
  minute,
  noon,
  otherChat,
  removed,
  removeJob,
  runJob,
  started,
} from "../kit/samples.ts"

const updateJob = (changes: object) => ({ type: "update-job", jobId, ...changes }) as const

describe("who may write", () => {
  const writes = [updateJob({ name: "x" }), enableJob, disableJob, removeJob, runJob]

  test.each(writes)("$type of a job that is not there is not found", (command) => {
    given()
      .when(command, at(noon))
      .isRefused("not-found", new RegExp(`Job ${jobId} not found`))
  })

  test.each(writes)("$type from inside a run is refused (behaviour 45)", (command) => {
    const by = { ...agent, runId: "run_9" }

    given(added())
      .when(command, at(noon - 1, { by }))
      .isRefused("self-scheduling")
  })

  test.each(writes)("$type by an agent of another chat is forbidden", (command) => {
    const { channel, chatId } = otherChat
    for (const other of [otherChat, { channel }, { chatId }]) {
      const by = { ...agent, ...other }
      given(added())
        .when(command, at(noon - 1, { by }))
        .isRefused("forbidden")
    }
  })

  test.each(writes)(
    "$type is allowed to people, own agents, and all when configured",
    (command) => {
      const { state } = given(added())
      const stranger = { ...agent, ...otherChat }
      const contexts = [
        at(noon - 1),
        at(noon - 1, { by: agent }),
        at(noon - 1, { by: stranger, agentsSeeAll: true }),
        at(noon - 1, { by: { ...agent, runId: "run_9" }, runMayWrite: true }),
      ]
      for (const context of contexts)
        expect(Result.isSuccess(decide(state, command, context))).toBe(true)
    },
  )

  test.each([updateJob({ name: "x" }), enableJob, disableJob])(
    "$type comes too late for a job that goes away",
    (command) => {
      given(added(), started(), { type: "job.removal-requested" })
        .when(command, at(noon + minute))
        .isRefused("removed")
    },
  )

  test("a removed job is not found, but removing it again is no fault", () => {
    const gone = given(added(), removed("manual", noon))

    gone.when(enableJob, at(noon)).isRefused("not-found", /removed/)
    gone.when(runJob, at(noon)).isRefused("not-found")
    gone.when(removeJob, at(noon)).changesNothing()
  })
})

test("a refusal says what the state would accept", () => {
  const refusal = given(added(), sampleFacts["job.disabled"])
    .when(enableJob, at(noon, { by: { ...agent, ...otherChat } }))
    .isRefused("forbidden")

  expect(refusal.allowed).toEqual(["update-job", "enable-job", "remove-job", "run-job"])
})
