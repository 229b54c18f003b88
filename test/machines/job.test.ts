import { createActor, createMachine, initialTransition, transition } from "xstate"
import { describe, expect, test } from "vitest"
import type { JobFact } from "../../events/fact.ts"
import { clockMachine } from "../../machines/clock.ts"
import { absentContext } from "../../machines/fold.ts"
import { jobMachine, type StartRequest } from "../../machines/job.ts"
import type { JobState, JobValue } from "../../machines/state.ts"
import {
  evolve,
  factTypes,
  fromSnapshot,
  initial,
  jobValues,
  legalFacts,
  toSnapshot,
} from "../../machines/table.ts"
import { byMachine, evolveAll, given } from "../kit/given.ts"
import { randomFrom } from "../kit/random.ts"
import { added, at, jobId, noon, retryPlanned, started, startRun } from "../kit/samples.ts"
import { decidedWalks, sampleFacts, shortestHistories } from "../kit/walks.ts"

type Node = typeof jobMachine.root

const nodesOf = (node: Node): ReadonlyArray<Node> => [
  node,
  ...Object.values<Node>(node.states).flatMap(nodesOf),
]

const arrowsOf = (node: Node) => [...node.transitions.values()].flat()

/** What a drawing over facts may not hold, said for each node. */
const faultsOf = (root: Node): ReadonlyArray<string> =>
  nodesOf(root).flatMap((node) => [
    ...(node.invoke.length > 0 ? [`${node.id} invokes`] : []),
    ...(node.after.length > 0 ? [`${node.id} waits`] : []),
    ...((node.always ?? []).length > 0 ? [`${node.id} moves by itself`] : []),
    ...(node.entry.length + node.exit.length > 0 ? [`${node.id} acts on entry or exit`] : []),
    ...arrowsOf(node).flatMap(({ eventType, guard, actions }) => [
      ...(guard === undefined ? [] : [`${node.id} guards ${eventType}`]),
      ...actions.filter((action) => !isOurs(eventType, action)).map(() => `${node.id} acts`),
    ]),
  ])

/** The one action of a fact is the fold, and the one of the signal is to ask. */
const isOurs = (eventType: string, action: unknown): boolean =>
  action === (eventType === "due" ? "ask" : "fold")

const misspelt = () =>
  createMachine({
    initial: "absent",
    states: { absent: { on: { "job.added": "enabeld" } }, enabled: {} },
  })

describe("the drawing", () => {
  test("a misspelt target fails when its machine is created, so creating them all is a check", () => {
    expect(misspelt).toThrow(/enabeld/)
    expect(initialTransition(jobMachine)[0].value).toBe("absent")
    expect(initialTransition(clockMachine)[0].value).toBe("stopped")
  })

  test("the search for what a drawing may not hold finds it", () => {
    const faulty = createMachine({
      initial: "a",
      states: {
        a: {
          after: { 10: "b" },
          on: { x: { target: "b", guard: () => true, actions: () => undefined } },
        },
        b: { invoke: { src: "elsewhere" }, exit: "something" },
      },
    })

    expect(faultsOf(faulty.root as unknown as Node).toSorted()).toEqual([
      "(machine).a acts",
      // A timer is started on entry.
      "(machine).a acts on entry or exit",
      "(machine).a guards x",
      "(machine).a waits",
      "(machine).b acts on entry or exit",
      "(machine).b invokes",
    ])
  })

  test("holds no guard, no invoke, no timer and no action but the fold and the question", () => {
    expect(faultsOf(jobMachine.root)).toEqual([])
    expect(Object.keys(jobMachine.implementations.actions).toSorted()).toEqual(["ask", "fold"])
    expect(jobMachine.implementations.actions).toHaveProperty("fold.type", "xstate.assign")
    expect(jobMachine.implementations.actions).toHaveProperty("ask.type", "xstate.emit")
  })

  test("every arrow is a fact of a job, or the signal `due` of one that waits or runs", () => {
    const outside = nodesOf(jobMachine.root).flatMap((node) =>
      arrowsOf(node)
        .filter(({ eventType }) => !(eventType in sampleFacts))
        .map(({ eventType }) => `${node.path.join(".")} ${eventType}`),
    )

    expect(outside).toEqual(["enabled due", "rescheduled due", "running.active due"])
  })

  test("has the states that people see, and three rooms in running", () => {
    expect(jobValues).toEqual([
      "absent",
      "enabled",
      "rescheduled",
      "running.active",
      "running.disabling",
      "running.removing",
      "disabled",
      "removed",
    ])
  })
})

describe("the signal due", () => {
  /** What a live job asks for when it is told that it is due. */
  const askedBy = (state: JobState): ReadonlyArray<StartRequest> => {
    const asked: Array<StartRequest> = []
    const actor = createActor(jobMachine, { snapshot: toSnapshot(state) })
    actor.on("start-run", (request) => asked.push(request))
    actor.start()
    actor.send({ type: "due" })
    actor.stop()
    return asked
  }

  test.each(["absent", "running.active", "running.disabling", "disabled"] as const)(
    "makes a job that is %s ask for nothing",
    (value) => {
      expect(askedBy({ ...given(added(), started()).state, value })).toEqual([])
    },
  )

  test("makes a waiting job ask for its plan, and decide starts what it asks for", () => {
    const { type, revision, dueAt, attempt } = startRun(noon)
    const [request, ...others] = askedBy(given(added()).state)

    expect(request).toEqual({ type, jobId, revision, dueAt, attempt })
    expect(others).toEqual([])
    given(added()).when(startRun(noon, request), at(noon)).records(started())
  })

  test("makes a job with a retry ask for that", () => {
    const { state } = given(added(), started(), sampleFacts["run.failed"], retryPlanned())

    expect(askedBy(state)).toMatchObject([{ revision: 1, dueAt: noon, attempt: 2 }])
  })

  test("changes nothing", () => {
    const { state } = given(added())

    expect(fromSnapshot(transition(jobMachine, toSnapshot(state), { type: "due" })[0])).toEqual(
      state,
    )
  })
})

describe("machine and table", () => {
  const pairs = shortestHistories().flatMap(({ state }) =>
    factTypes.map((type) => [state, sampleFacts[type]] as const),
  )

  test("a fact without an arrow leaves the very same state", () => {
    const { state } = given(added())

    expect(evolve(state, added())).toBe(state)
    expect(evolve(state, sampleFacts["job.rescheduled"])).toBe(state)
  })

  test("agree on every pair of state and fact", () => {
    expect(pairs).toHaveLength(jobValues.length * factTypes.length)
    for (const [state, fact] of pairs) {
      expect(byMachine(state, fact), `${fact.type} in ${state.value}`).toEqual(evolve(state, fact))
    }
  })

  test("agree on which facts have an arrow", () => {
    for (const [state, fact] of pairs) {
      const legal = legalFacts(state.value).includes(fact.type)
      expect(toSnapshot(state).can(fact), `${fact.type} in ${state.value}`).toBe(legal)
    }
  })

  test("agree on a random walk of 20,000 facts", () => {
    const random = randomFrom(20_260_101)
    const visited = new Set<JobValue>()
    let [bySteps, byTable] = [initial, initial]
    for (let step = 0; step < 20_000; step += 1) {
      const fact = randomFact(random, byTable)
      visited.add(byTable.value)
      ;[bySteps, byTable] = [byMachine(bySteps, fact), evolve(byTable, fact)]
      expect(bySteps.value).toBe(byTable.value)
      expect(JSON.stringify(bySteps.context)).toBe(JSON.stringify(byTable.context))
      if (byTable.value === "removed") [bySteps, byTable] = [initial, initial]
    }
    expect(bySteps).toEqual(byTable)
    expect([...visited].toSorted()).toEqual(
      jobValues.filter((value) => value !== "removed").toSorted(),
    )
  })

  test("agree on where every command leads, from every state", () => {
    const walks = decidedWalks()
    for (const { before, facts } of walks) evolveAll(before, facts)
    const decided = new Set(
      walks.filter(({ facts }) => facts.length > 0).map((w) => w.command.type),
    )
    expect(decided.size).toBe(9)
  })

  test("a state survives the way through a snapshot", () => {
    for (const { state } of shortestHistories()) {
      expect(fromSnapshot(toSnapshot(state))).toEqual(state)
    }
  })
})

/** Mostly a legal fact, with the run it is about, now and then one that has no arrow. */
const randomFact = (
  random: ReturnType<typeof randomFrom>,
  { value, context }: JobState,
): JobFact => {
  const [first = "job.added", ...others] = random.below(10) === 0 ? factTypes : legalFacts(value)
  const type = random.pick([first, ...others])
  // Removal ends a walk: most of the time another way is taken.
  const taken = type === "job.removed" && random.below(10) > 0 ? first : type
  const fact = sampleFacts[taken]
  if (!("runId" in fact)) return fact
  const [open = `run_${random.below(1_000_000)}`] = Object.keys(context.openRuns)
  return { ...fact, runId: taken === "run.started" ? `run_${random.below(1_000_000)}` : open }
}

test("the beginning is a constant and needs no input: xstate asks for it at every step", () => {
  expect(jobMachine.getInitialSnapshot({} as never).context).toBe(absentContext)
})
