import type { SnapshotFrom } from "xstate"
import type { JobFact } from "../events/fact.ts"
import { absentContext, fold, foldFact } from "./fold.ts"
import { jobMachine } from "./job.ts"
import type { JobState, JobValue } from "./state.ts"

/** A job before its first fact. */
export const initial: JobState = { value: "absent", context: absentContext }

/**
 * The state after a fact, as the machine would say it, a hundred times as fast. A fact that has no
 * arrow leaves the very same state behind.
 */
export const evolve = (state: JobState, fact: JobFact): JobState => {
  const value = arrows[state.value][fact.type]
  return value === undefined ? state : { value, context: foldFact(state.context, fact) }
}

/** The facts that have an arrow in a state. */
export const legalFacts = (value: JobValue): ReadonlyArray<JobFact["type"]> =>
  factTypes.filter((type) => arrows[value][type] !== undefined)

export type JobSnapshot = SnapshotFrom<typeof jobMachine>

/** The snapshot an actor of this job starts from. */
export const toSnapshot = ({ value, context }: JobState): JobSnapshot => {
  const [outer, room] = value.split(".") as [string, string?]
  return jobMachine.resolveState({ value: room === undefined ? outer : { [outer]: room }, context })
}

/** The state a snapshot of the machine stands for. */
export const fromSnapshot = ({ value, context }: JobSnapshot): JobState => ({
  value: typeof value === "string" ? value : `running.${value.running}`,
  context,
})

/** The types of the facts in a job's stream. */
export const factTypes = Object.keys(fold) as ReadonlyArray<JobFact["type"]>

/** Every state a job can be in, from the drawing itself. */
export const jobValues: ReadonlyArray<JobValue> = leavesOf(jobMachine.root).map(valueOf)

type Arrows = Readonly<Record<JobValue, { readonly [Type in JobFact["type"]]?: JobValue }>>

/** By state and fact, the next state: the machine's arrows, read off its nodes once. */
const arrows = Object.fromEntries(
  leavesOf(jobMachine.root).map((leaf) => [valueOf(leaf), arrowsOf(leaf)]),
) as Arrows

type Node = typeof jobMachine.root

function arrowsOf(leaf: Node): Arrows[JobValue] {
  const found = factTypes.map((type) => [type, arrowOf(leaf, type)] as const)
  return Object.fromEntries(found.filter(([, value]) => value !== undefined))
}

/** The innermost arrow wins, as in the machine; one without a target stays where it is. */
function arrowOf(leaf: Node, type: JobFact["type"]): JobValue | undefined {
  for (let node: Node | undefined = leaf; node !== undefined; node = node.parent) {
    const arrow = node.transitions.get(type)?.[0]
    if (arrow !== undefined) return valueOf(entered(arrow.target?.[0] ?? leaf))
  }
  return undefined
}

/** Where one ends up who enters a state: in its first room, if it has any. */
function entered(node: Node): Node {
  const first = node.initial.target?.[0]
  return first === undefined ? node : entered(first)
}

function leavesOf(node: Node): ReadonlyArray<Node> {
  const inner = Object.values<Node>(node.states)
  return inner.length === 0 ? [node] : inner.flatMap(leavesOf)
}

function valueOf(node: Node): JobValue {
  return node.path.join(".") as JobValue
}
