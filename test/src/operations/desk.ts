import { Effect, Result } from "effect"
import type { Actor } from "../../../events/envelope.ts"
import { Refusal } from "../../../machines/refusal.ts"
import { call, type catalogue } from "../../../src/operations/catalogue.ts"
import type { Caller, OperationServices } from "../../../src/operations/operation.ts"
import type { JobAnswer } from "../../../src/operations/job-answer.ts"
import type { ToolResult } from "../../../src/tools/result.ts"
import { callTool } from "../../../src/tools/tools.ts"
import { Views } from "../../../src/views/views.ts"
import { makeWorld, type WorldOptions } from "../../kit/world.ts"

export const ada: Actor = { kind: "user", id: "ada" }

/** A model that speaks in a chat. */
export const agentIn = (chatId: string): Actor => ({
  kind: "agent",
  id: "model",
  channel: "cli_chat",
  chatId,
})

export const daily = { prompt: "Write the digest", cron: "0 9 * * *", tz: "Europe/Vienna" }

/** The job that a tool made. */
export const idOf = ({ structured }: ToolResult): string => (structured as JobAnswer).job_id

/** The operations and tools over a whole engine in memory. */
export const makeDesk = (options: WorldOptions = {}) => {
  const world = makeWorld(options)

  const running = <A, E>(effect: Effect.Effect<A, E, OperationServices>): Promise<A> =>
    world.runtime.runPromise(effect.pipe(Effect.provide(Views.layer)))

  const asked = (name: Name, input: unknown, caller: Partial<Caller>) =>
    call(name, input, { by: ada, ...caller })

  type Name = keyof typeof catalogue
  type AnswerOf<N extends Name> = Effect.Success<ReturnType<(typeof catalogue)[N]["ask"]>>

  const ask = <N extends Name>(name: N, input: unknown, caller: Partial<Caller> = {}) =>
    running(asked(name, input, caller)) as Promise<AnswerOf<N>>

  /** Asks what must be refused. */
  const refusalOf = async (name: Name, input: unknown, caller: Partial<Caller> = {}) => {
    const answer = await running(Effect.result(asked(name, input, caller)))
    if (Result.isFailure(answer) && answer.failure instanceof Refusal) return answer.failure
    throw new Error(`not refused: ${JSON.stringify(answer)}`)
  }

  const tool = (name: string, args: unknown, caller: Partial<Caller> = {}) =>
    running(callTool(name, args, { by: agentIn("default"), ...caller }))

  const views = <A, E>(question: (views: Views["Service"]) => Effect.Effect<A, E>) =>
    running(Views.use(question) as Effect.Effect<A, E, OperationServices>)

  return { ...world, ask, refusalOf, tool, views }
}

export type Desk = ReturnType<typeof makeDesk>
