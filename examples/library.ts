/**
 * The scheduler inside a program: in memory, with an agent and a channel that are functions.
 * Run it with `node examples/library.ts`; outside this repository, import from "horolog".
 */
import { openHorolog } from "../src/index.ts"

await using horolog = await openHorolog({
  agent: async ({ prompt }) => ({ text: `You asked: ${prompt}` }),
  channels: { console: async ({ text }) => void process.stdout.write(`${text}\n`) },
})
await horolog.tools.cron_add({ prompt: "Say hello", in: "1s", channel: "console", chat_id: "me" })
for await (const { position, fact } of horolog.events({ after: 0 })) {
  process.stdout.write(`${position} ${fact.type}\n`)
  if (fact.type === "delivery.succeeded") break
}
