/** A key or a word as SQL and tools write it: `dueAt` is `due_at`. */
export const snake = (word: string): string =>
  word.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase()

/** A key as the code writes it: `due_at` is `dueAt`. */
export const camel = (word: string): string =>
  word.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

/** The same JSON with every key in snake_case. */
export const snakeKeys = (value: unknown): unknown => renamed(value, snake)

/** The same JSON with every key in camelCase. */
export const camelKeys = (value: unknown): unknown => renamed(value, camel)

const renamed = (value: unknown, rename: (key: string) => string): unknown => {
  if (Array.isArray(value)) return value.map((item) => renamed(item, rename))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [rename(key), renamed(item, rename)]),
  )
}
