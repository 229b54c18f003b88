import { describe, expect, test } from "vitest"
import { PolicyInput } from "../../../src/operations/policy-input.ts"
import { toolDefinitions } from "../../../src/tools/definitions.ts"
import { toolList } from "../../../src/tools/tools.ts"

const seedNames = [
  "cron_add",
  "cron_list",
  "cron_remove",
  "cron_enable",
  "cron_disable",
  "cron_update",
]

const seedSizeMax = 4_000

describe("the tools as a model sees them", () => {
  test("the six of the seed list take at most 4,000 characters together", () => {
    const seed = toolList.filter(({ name }) => seedNames.includes(name))
    expect(seed.map(({ name }) => name)).toEqual(seedNames)
    expect(JSON.stringify(seed).length).toBeLessThanOrEqual(seedSizeMax)
  })

  test("pitfall 1: no alternatives, negations or type arrays anywhere in a schema", () => {
    for (const { inputSchema } of toolList) {
      expect(inputSchema.type).toBe("object")
      const text = JSON.stringify(inputSchema)
      expect(text).not.toMatch(/"(?:oneOf|anyOf|allOf|not|const|\$ref|\$defs)":/)
      expect(text).not.toContain('"type":[')
    }
  })

  test("schemas are flat: an object parameter describes its keys in words", () => {
    for (const { inputSchema } of toolList) {
      for (const property of Object.values(inputSchema.properties)) {
        expect(["string", "integer", "boolean", "object"]).toContain(property.type)
        expect(property).not.toHaveProperty("properties")
      }
    }
  })

  test("what is required is a parameter", () => {
    for (const { inputSchema } of toolList) {
      for (const name of inputSchema.required) {
        expect(Object.keys(inputSchema.properties)).toContain(name)
      }
    }
  })

  test("the policy keys that cron_add names exist", () => {
    const about = toolDefinitions[0]?.parameters["policy"]?.about ?? ""
    const named = about.replaceAll(/\{[^}]*\}/g, "").matchAll(/[:,] (\w+)/g)
    const keys = [...named].map(([, key]) => key)
    expect(keys.length).toBeGreaterThan(5)
    for (const key of keys) expect(Object.keys(PolicyInput.fields)).toContain(key)
  })

  test("a tool that only looks says so, and the run tool forbids waiting", () => {
    const words = Object.fromEntries(toolList.map(({ name, description }) => [name, description]))
    expect(words["cron_list"]).toContain("Changes nothing")
    expect(words["cron_preview"]).toContain("without storing anything")
    expect(words["cron_run"]).toContain("Do not wait or poll")
  })
})
