import { expect, test } from "vitest"
import { echoAgent, echoNotice } from "../../../src/run/echo.ts"
import { agentContract } from "../../contract/agent.ts"

agentContract("echo (never fails, never hangs)", { repeating: () => echoAgent })

test("says that it answers only because nothing else is configured", () => {
  expect(echoAgent.name).toBe("echo")
  expect(echoNotice).toContain("No agent is configured")
  expect(echoNotice).toContain("echo")
})
