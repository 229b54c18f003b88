import { describe, expect, test } from "vitest"
import { importSources } from "../../../src/import/source.ts"
import { fixture, read, refusalOf } from "./reading.ts"

const documents = importSources.filter((source) => source !== "crontab")

describe.each(documents)("a file of %s", (source) => {
  test("that is empty is refused by its name", () => {
    for (const text of ["", " \n\t"]) {
      expect(refusalOf(source, text, { file: "/x/jobs.json" }).message).toBe(
        "/x/jobs.json is empty.",
      )
    }
  })

  test("that is no JSON is refused with the place", () => {
    const refusal = refusalOf(source, '{\n  "jobs": [\n    { "id": 1, }\n  ]\n}')
    expect(refusal.message).toMatch(/^jobs is no JSON, at line 3, column \d+: /)
  })

  test("that was cut off is refused with where it ends", () => {
    const text = fixture(`${source}.json`)
    const refusal = refusalOf(source, text.slice(0, 200))
    expect(refusal.message).toMatch(/^jobs is no JSON, at line \d+, column \d+: /)
  })

  test("of another version is refused with the version", () => {
    const refusal = refusalOf(source, '{"version":2,"jobs":[]}')
    expect(refusal).toMatchObject({ received: 2, expected: "version 1" })
    expect(refusal.message).toContain("version 2")
  })

  test("without a list of jobs is refused", () => {
    for (const text of ["{}", '{"jobs":{}}', '"jobs"', "null", "7"]) {
      expect(refusalOf(source, text).message).toBe("jobs has no list of jobs.")
    }
  })

  test("that is a SQLite file is told from it", () => {
    const refusal = refusalOf(source, "SQLite format 3\0\u0010\0")
    expect(refusal.hint).toContain("cron list --json --all")
  })

  test("with no jobs has no entries", () => {
    expect(read(source, '{"version":1,"jobs":[]}').entries).toEqual([])
  })

  test("may begin with a byte order mark, and may be a bare list", () => {
    expect(read(source, "\uFEFF[]").entries).toEqual([])
  })
})
