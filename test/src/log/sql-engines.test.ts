import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, test } from "vitest"
import type { SqlEngine, SqlValue } from "../../../src/log/sql/engine.ts"
import { makeStore } from "../../../src/log/sql/make-store.ts"
import { openNative } from "../../../src/log/sql/native.ts"
import { openSqlJs } from "../../../src/log/sql/sqljs.ts"
import type { CommitRecord, Store } from "../../../src/log/sql/store.ts"
import { makeRandom } from "../../../src/random.ts"
import { nastyTexts, workload } from "../../contract/log-batches.ts"

const folder = mkdtempSync(join(tmpdir(), "horolog-test-"))
afterAll(() => rmSync(folder, { recursive: true }))

let filesCount = 0
const openImage = {
  "sql.js": (image: Uint8Array) => openSqlJs(image),
  native: (image: Uint8Array) => {
    const file = join(folder, `${(filesCount += 1)}.sqlite`)
    writeFileSync(file, image)
    return openNative(file)
  },
}

const engines = { "sql.js": () => openSqlJs(), native: () => openNative() } as const
const names = ["sql.js", "native"] as const

describe.each(names)("the engine %s", (name) => {
  const withTable = async () => {
    const engine = await engines[name]()
    engine.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, word TEXT UNIQUE, at INTEGER, part REAL)")
    const insert = engine.prepare("INSERT INTO t (id, word, at, part) VALUES (?, ?, ?, ?)")
    const all = engine.prepare("SELECT * FROM t ORDER BY id")
    return { engine, insert, all, get: engine.prepare("SELECT * FROM t WHERE id = ?") }
  }

  test("gives back what it was given, by column", async () => {
    const { insert, all, get } = await withTable()
    const now = Date.UTC(2026, 10, 24)
    insert.run([1, "one", now, 0.5])
    insert.run([2, null, -now, null])
    const one = { id: 1, word: "one", at: now, part: 0.5 }
    expect(all.all()).toStrictEqual([one, { id: 2, word: null, at: -now, part: null }])
    expect(get.get([1])).toStrictEqual(one)
    expect(get.get([3])).toBeUndefined()
    expect(get.all([3])).toStrictEqual([])
  })

  test("keeps every text, and what is no text the same way as the other one", async () => {
    const { insert, all } = await withTable()
    nastyTexts.forEach((text, index) => insert.run([index, text, null, null]))
    const words = all.all().map(({ word }) => word)
    expect(words).toEqual(nastyTexts.map((text) => text.toWellFormed().replaceAll("\0", "\uFFFD")))
  })

  test("throws an Error that says why, and goes on", async () => {
    const { engine, insert, all } = await withTable()
    insert.run([1, "one", null, null])
    expect(() => insert.run([2, "one", null, null])).toThrow(/UNIQUE constraint failed: t\.word/)
    expect(() => engine.prepare("SELECT id FROM nowhere")).toThrow(/no such table: nowhere/)
    expect(() => engine.exec("THIS IS NO SQL")).toThrow(/syntax error/)
    insert.run([2, "two", null, null])
    expect(all.all().length).toBe(2)
  })

  test("takes a transaction back", async () => {
    const { engine, insert, all } = await withTable()
    insert.run([1, "one", null, null])
    engine.exec("BEGIN")
    insert.run([2, "two", null, null])
    engine.exec("UPDATE t SET word = 'three' WHERE id = 1")
    engine.exec("ROLLBACK")
    expect(all.all()).toEqual([{ id: 1, word: "one", at: null, part: null }])
  })

  test.each(names)(
    "gives an image that %s opens, and goes on with its statements",
    async (other) => {
      const { engine, insert, all } = await withTable()
      insert.run([1, "one", null, null])
      const reader = await openImage[other](engine.image())
      expect(reader.prepare("SELECT word FROM t").all()).toEqual([{ word: "one" }])
      insert.run([2, "two", null, null])
      expect(all.all().length).toBe(2)
      const again = await openImage[other](engine.image())
      expect(again.prepare("SELECT word FROM t ORDER BY id").all()).toEqual([
        { word: "one" },
        { word: "two" },
      ])
      for (const one of [reader, again, engine]) one.close()
    },
  )
})

test("sql.js needs no disk, before an image and after it", async () => {
  const engine = await openSqlJs()
  const settings = () =>
    ["journal_mode", "synchronous"].map(
      (name): SqlValue | undefined => engine.prepare(`PRAGMA ${name}`).get()?.[name],
    )
  expect(settings()).toEqual(["memory", 0])
  engine.exec("CREATE TABLE t (id INTEGER)")
  engine.image()
  expect(settings()).toEqual(["memory", 0])
})

test("a native file survives the loss of power: it writes ahead and syncs", async () => {
  const engine = await openNative(join(folder, "wal.sqlite"))
  expect(engine.prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" })
  expect(engine.prepare("PRAGMA synchronous").get()).toEqual({ synchronous: 2 })
  engine.close()
})

const tables = ["events", "commands", "scheduled_jobs", "job_runs", "deliveries", "job_keys"]
const dump = (store: Store) =>
  Object.fromEntries(
    tables.map((table) => [table, store.query(`SELECT * FROM ${table} ORDER BY 1`)]),
  )

describe("one random workload", () => {
  const random = makeRandom()

  const fill = (engine: SqlEngine, groupSize: number) => {
    const store = makeStore(engine, { random })
    const records: Array<CommitRecord> = []
    for (const [index, batch] of workload(2026, 400).entries()) {
      const { record } = store.append({ ...batch, answer: { bodyHash: "h", result: `${index}` } })
      if (record !== undefined) records.push(record)
      if (index % groupSize === 0) store.commit()
    }
    store.commit()
    return { store, records }
  }
  const applied = (engine: SqlEngine, records: ReadonlyArray<CommitRecord>, groupSize: number) => {
    const store = makeStore(engine, { random })
    records.forEach((record, index) => {
      store.apply(record)
      if (index % groupSize === 0) store.commit()
    })
    return store
  }

  test("gives equal tables on both engines, however it is grouped (behaviour 69)", async () => {
    const { store, records } = fill(await openSqlJs(), 7)
    const expected = dump(store)
    expect(expected["events"]?.length).toBeGreaterThan(700)
    for (const groupSize of [1, 50, 10_000]) {
      expect(dump(applied(await openSqlJs(), records, groupSize))).toEqual(expected)
      expect(dump(applied(await openNative(), records, groupSize))).toEqual(expected)
    }
  })

  test.each(names)("is opened by either engine from the image of %s", async (name) => {
    const { store } = fill(await engines[name](), 7)
    const expected = dump(store)
    for (const other of names) {
      const opened = makeStore(await openImage[other](store.image()), { random })
      expect(dump(opened)).toEqual(expected)
      expect([opened.head(), opened.headHash()]).toEqual([store.head(), store.headHash()])
      opened.rebuild()
      expect(dump(opened)).toEqual(expected)
    }
  })
})
