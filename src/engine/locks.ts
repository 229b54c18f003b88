import { Effect, Semaphore } from "effect"

interface Lock {
  readonly semaphore: Semaphore.Semaphore
  holdersCount: number
}

/** One at a time for each name; a name nobody holds or waits for takes no room. */
export const makeLocks = () => {
  const locks = new Map<string, Lock>()

  const take = (name: string): Lock => {
    const lock = locks.get(name) ?? { semaphore: Semaphore.makeUnsafe(1), holdersCount: 0 }
    locks.set(name, lock)
    lock.holdersCount += 1
    return lock
  }
  const leave = (name: string, lock: Lock) => {
    lock.holdersCount -= 1
    if (lock.holdersCount === 0) locks.delete(name)
  }

  return <A, E, R>(name: string, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.suspend(() => {
      const lock = take(name)
      return lock.semaphore
        .withPermits(1)(effect)
        .pipe(Effect.ensuring(Effect.sync(() => leave(name, lock))))
    })
}
