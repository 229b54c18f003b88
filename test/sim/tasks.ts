import type { Scheduler } from "effect"
import type { Chance } from "./chance.ts"

/** What can be run now, and nothing else: no timer, no promise, no other thread. */
export interface Tasks {
  /** Given to every fiber of a process. */
  readonly scheduler: Scheduler.Scheduler
  /** Runs until nothing is runnable; false when there is no end to it. */
  readonly drain: () => boolean
  /** Calls back before the task of that number, counted from now. */
  readonly interruptAt: (count: number, call: () => void) => void
  /** Drops all there is, and takes nothing more. */
  readonly stop: () => void
}

/** More than this without time passing is a loop that never ends. */
const tasksMax = 300_000

export interface TasksOptions {
  readonly chance: Chance
  /** Whether runnable tasks take turns by chance, and not in the order they came. */
  readonly shuffles: boolean
  /** How many operations a fiber gets at once; small numbers make every interleaving possible. */
  readonly opsMax: number
}

/** A queue of tasks in place of Node's event loop: the same seed runs the same tasks in the same order. */
export const makeTasks = ({ chance, shuffles, opsMax }: TasksOptions): Tasks => {
  let queue: Array<() => void> = []
  let stopped = false
  let interruption: { left: number; readonly call: () => void } | undefined

  const scheduleTask = (task: () => void) => {
    if (!stopped) queue.push(task)
  }
  const scheduler: Scheduler.Scheduler = {
    executionMode: "sync",
    shouldYield: ({ currentOpCount }) => currentOpCount >= opsMax,
    makeDispatcher: () => ({ scheduleTask, flush: () => undefined }),
  }

  const shuffled = (tasks: Array<() => void>): Array<() => void> => {
    for (let at = tasks.length - 1; at > 0; at -= 1) {
      const other = chance.below(at + 1)
      const task = tasks[at]
      const swapped = tasks[other]
      if (task === undefined || swapped === undefined) continue
      tasks[at] = swapped
      tasks[other] = task
    }
    return tasks
  }

  const isInterrupted = (): boolean => {
    if (interruption === undefined) return false
    interruption.left -= 1
    if (interruption.left > 0) return false
    const { call } = interruption
    interruption = undefined
    call()
    return stopped
  }

  const drain = (): boolean => {
    let count = 0
    while (queue.length > 0 && count <= tasksMax) {
      const tasks = shuffles ? shuffled(queue) : queue
      queue = []
      for (const task of tasks) {
        if (stopped || isInterrupted()) return true
        count += 1
        task()
      }
    }
    return count <= tasksMax
  }

  return {
    scheduler,
    drain,
    interruptAt: (count, call) => {
      interruption = { left: count, call }
    },
    stop: () => {
      stopped = true
      queue = []
    },
  }
}
