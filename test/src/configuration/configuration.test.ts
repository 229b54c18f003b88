import { Result } from "effect"
import { describe, expect, test } from "vitest"
import { configure } from "../../../src/configuration/configuration.ts"
import { keys } from "../../../src/configuration/keys.ts"
import type { Sources } from "../../../src/configuration/read.ts"
import { template } from "../../../src/configuration/template.ts"

const given = (sources: Partial<Sources> & { readonly toml?: string }) => {
  const file =
    sources.toml === undefined ? {} : { file: { path: "/d/config.toml", text: sources.toml } }
  return configure({ environment: {}, flags: {}, ...file, ...sources })
}

const accepted = (sources: Parameters<typeof given>[0]) => Result.getOrThrow(given(sources))

const refused = (sources: Parameters<typeof given>[0]) => {
  const result = given(sources)
  if (Result.isSuccess(result)) throw new Error("was accepted")
  return result.failure
}

describe("a configuration is refused", () => {
  test("when a key is misspelt, saying which one was meant", () => {
    const refusal = refused({ toml: "[gateway]\nprot = 1" })
    expect(refusal.code).toBe("invalid-input")
    expect(refusal.message).toContain("/d/config.toml, gateway.prot: received 1")
    expect(refusal.hint).toBe("Did you mean gateway.port?")
  })

  test("when a section is misspelt", () => {
    const { hint, message } = refused({ toml: "[gatway]\nport = 1" })
    expect(message).toContain("section [gatway]")
    expect(hint).toBe("Did you mean gateway?")
  })

  test("when a key stands in the wrong section", () => {
    expect(refused({ toml: "[gateway]\nmax_concurrent = 2" }).hint).toBe(
      "Did you mean gateway.scheduler.max_concurrent? It belongs there.",
    )
  })

  test("when a value has the wrong kind, saying what was received and what was expected", () => {
    const refusal = refused({ toml: '[gateway]\nport = "4747"' })
    expect(refusal.received).toBe("4747")
    expect(refusal.expected).toBe("a whole number from 0 to 65535")
  })

  test.each([
    ["[gateway]\nport = 70000", "from 0 to 65535"],
    ["[gateway]\nport = 1.5", "a whole number"],
    ['[log]\nengine = "postgres"', 'one of "sql.js", "native"'],
    ['[gateway.scheduler]\ntime_zone = "CST"', "IANA zone"],
    ['[gateway.scheduler]\ntime_zone = "Mars/Phobos"', "IANA zone"],
    ["[retention]\ntext_days_max = 0", 'or "forever"'],
    ['[agent]\nargv = "my-agent"', "a list of texts"],
    ["[gateway]\nscheduler = 1", "a key horolog knows"],
    ["port = 1", "a key horolog knows"],
    ["[channels.telegram]\ntoken = 'x'", "a section horolog knows"],
  ])("for %j", (toml, expected) => {
    expect(refused({ toml }).message).toContain(expected)
  })

  test("when the file is no TOML, naming the line", () => {
    expect(refused({ toml: "[gateway\nport = 1" }).message).toMatch(/config\.toml: .*line 1/)
  })

  test("with every problem at once", () => {
    const { message } = refused({ toml: "[gateway]\nport = -1\nhots = 'a'\n[log]\nengine = 1" })
    expect(message).toContain("gateway.port")
    expect(message).toContain("Did you mean gateway.host?")
    expect(message).toContain("log.engine")
  })

  test("when a variable of the environment is misspelt, or has a bad value", () => {
    expect(refused({ environment: { HOROLOG_GATEWAY_PROT: "1" } }).hint).toBe(
      "Did you mean HOROLOG_GATEWAY_PORT?",
    )
    expect(refused({ environment: { HOROLOG_GATEWAY_PORT: "http" } }).message).toContain(
      'HOROLOG_GATEWAY_PORT, gateway.port: received "http"',
    )
  })

  test("when a flag names no key", () => {
    expect(refused({ flags: { "gateway.prt": "1" } }).hint).toBe("Did you mean gateway.port?")
  })

  test("when the agent is a command without one", () => {
    expect(refused({ toml: '[agent]\nkind = "command"' }).hint).toContain("argv")
  })

  test("without ever showing a secret", () => {
    const { message, received } = refused({ environment: { HOROLOG_AGENT_ENV: "KEY=hunter2" } })
    expect(message + String(received)).not.toContain("hunter2")
  })
})

describe("a configuration", () => {
  test("has a default for everything", () => {
    const { gateway, scheduler, retention, agent } = accepted({})
    expect(gateway).toEqual({ host: "127.0.0.1", port: 4747 })
    expect(scheduler).toMatchObject({ enabled: true, pollIntervalMs: 60_000, maxConcurrent: 4 })
    expect(retention).toEqual({ runsPerJobMax: 1000, textDaysMax: 90 })
    expect(agent.kind).toBe("echo")
  })

  test("takes a flag over the environment over the file over the default", () => {
    const toml = "[gateway]\nport = 1\nhost = '::1'\n[gateway.scheduler]\nmax_concurrent = 9"
    const environment = { HOROLOG_GATEWAY_PORT: "2", HOROLOG_GATEWAY_HOST: "localhost" }
    const found = accepted({ toml, environment, flags: { "gateway.port": "3" } })
    expect(found.gateway).toEqual({ host: "localhost", port: 3 })
    const from = Object.fromEntries(found.origins.map((one) => [one.key, one.from]))
    expect(from["gateway.port"]).toBe("flag")
    expect(from["gateway.host"]).toBe("HOROLOG_GATEWAY_HOST")
    expect(from["gateway.scheduler.max_concurrent"]).toBe("/d/config.toml")
    expect(from["log.engine"]).toBe("default")
  })

  test("reads lists, tables and switches from the environment", () => {
    const { agent, scheduler } = accepted({
      environment: {
        HOROLOG_AGENT_KIND: "command",
        HOROLOG_AGENT_ARGV: '["agent", "two words"]',
        HOROLOG_AGENT_ENV: '{"KEY":"hunter2"}',
        HOROLOG_GATEWAY_SCHEDULER_ENABLED: "off",
      },
    })
    expect(agent.argv).toEqual(["agent", "two words"])
    expect(agent.env).toEqual({ KEY: "hunter2" })
    expect(scheduler.enabled).toBe(false)
  })

  test("keeps for ever when told so", () => {
    expect(accepted({ toml: '[retention]\ntext_days_max = "forever"' }).retention).toEqual({
      runsPerJobMax: 1000,
      textDaysMax: null,
    })
  })

  test("leaves variables alone that tell an agent about its run", () => {
    const environment = { HOROLOG_RUN: "r", HOROLOG_CHANNEL: "c", HOROLOG_CHAT_ID: "d", HOME: "/" }
    expect(accepted({ environment }).origins.every(({ from }) => from === "default")).toBe(true)
  })

  test("withholds secrets where it shows itself", () => {
    const { origins } = accepted({ toml: "[agent.env]\nKEY = 'hunter2'" })
    expect(JSON.stringify(origins)).not.toContain("hunter2")
    expect(origins).toContainEqual({ key: "agent.env", value: "[secret]", from: "/d/config.toml" })
  })
})

describe("the template", () => {
  test("changes nothing as it stands, and names every key", () => {
    const written = accepted({ toml: template() })
    expect(written.origins.every(({ from }) => from === "default")).toBe(true)
    for (const { path } of keys) {
      expect(template()).toContain(`# ${path.split(".").at(-1)} = `)
    }
  })

  test("is accepted with every comment taken away", () => {
    const keysOnly = template().replaceAll(/^# (\w+ = )/gm, "$1")
    expect(accepted({ toml: keysOnly }).agent.argv[0]).toBe("my-agent")
  })
})
