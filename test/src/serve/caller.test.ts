import { describe, expect, test } from "vitest"
import { callerOfEnvironment, callerOfHeaders, headersOfCaller } from "../../../src/serve/caller.ts"

describe("a caller", () => {
  test("is the same on the other side of HTTP, whatever it is named", () => {
    const caller = {
      kind: "agent",
      id: "modèle 1",
      session: "s",
      channel: "feishu",
      chatId: "群/1%",
      toolCallId: "t",
      runId: "run_1",
    } as const
    expect(callerOfHeaders(headersOfCaller(caller))).toEqual(caller)
    const person = { kind: "user", id: "ada" } as const
    expect(callerOfHeaders(headersOfCaller(person))).toEqual(person)
  })

  test("without a name is a person over HTTP", () => {
    expect(callerOfHeaders({})).toEqual({ kind: "user", id: "http" })
    expect(callerOfHeaders({ "horolog-user": "%E0%A4%A" })).toMatchObject({ id: "%E0%A4%A" })
  })

  test("in a terminal is a person, unless a run is around it", () => {
    expect(callerOfEnvironment({ USER: "ada" })).toEqual({ kind: "user", id: "ada" })
    expect(callerOfEnvironment({ USER: "ada", HOROLOG_RUN: "" })).toMatchObject({ kind: "user" })
    expect(
      callerOfEnvironment({
        USER: "ada",
        HOROLOG_RUN: "run_1",
        HOROLOG_JOB_ID: "job_1",
        HOROLOG_CHANNEL: "file",
        HOROLOG_CHAT_ID: "x",
      }),
    ).toEqual({ kind: "agent", id: "job_1", runId: "run_1", channel: "file", chatId: "x" })
  })
})
