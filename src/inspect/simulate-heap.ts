/** What wakes at a time; of two at the same time the lower index goes first. */
export interface Timed {
  readonly at: number
  readonly index: number
}

/** The earliest first: a binary heap. */
export interface Heap<Item extends Timed> {
  readonly push: (item: Item) => void
  readonly peek: () => Item | undefined
  readonly pop: () => Item | undefined
  readonly clear: () => void
}

/** An empty heap. */
export const makeHeap = <Item extends Timed>(): Heap<Item> => {
  let items: Array<Item> = []
  return {
    push: (item) => {
      items.push(item)
      rise(items, items.length - 1)
    },
    peek: () => items[0],
    pop: () => {
      const [first] = items
      const last = items.pop()
      if (last !== undefined && items.length > 0) {
        items[0] = last
        sink(items, 0)
      }
      return first
    },
    clear: () => {
      items = []
    },
  }
}

const isBefore = (one: Timed | undefined, other: Timed | undefined): boolean => {
  if (one === undefined || other === undefined) return one !== undefined
  return one.at === other.at ? one.index < other.index : one.at < other.at
}

const swap = <Item>(items: Array<Item>, one: number, other: number): void => {
  const [a, b] = [items[one], items[other]]
  if (a === undefined || b === undefined) return
  items[one] = b
  items[other] = a
}

const rise = <Item extends Timed>(items: Array<Item>, start: number): void => {
  let index = start
  while (index > 0) {
    const above = (index - 1) >> 1
    if (!isBefore(items[index], items[above])) return
    swap(items, index, above)
    index = above
  }
}

const sink = <Item extends Timed>(items: Array<Item>, start: number): void => {
  let index = start
  for (;;) {
    const [left, right] = [2 * index + 1, 2 * index + 2]
    const lower = isBefore(items[right], items[left]) ? right : left
    if (!isBefore(items[lower], items[index])) return
    swap(items, index, lower)
    index = lower
  }
}
