import { describe, expect, test } from "vitest"
import { digest, refused, understood } from "./decoding.ts"

describe("what is refused by name (behaviour 88)", () => {
  test("two flat schedules at once", () => {
    const refusal = refused("cron_add", { prompt: "x", in: "20m", cron: "0 9 * * *" })
    expect(refusal.code).toBe("invalid-schedule")
    expect(refusal.message).toBe('Two schedules at once: in "20m" and cron "0 9 * * *".')
    expect(refusal.hint).toContain("Keep the one")
  })

  test("a flat schedule and another one as an object", () => {
    const schedule = { type: "every", every_ms: 60_000 }
    const { message } = refused("cron_add", { prompt: "x", at: "2026-12-01T09:00", schedule })
    expect(message).toContain("Two schedules at once")
    expect(message).toContain("every_ms 60000")
  })

  test("a type that says something else than the time beside it", () => {
    const schedule = { type: "every", expr: "0 9 * * *" }
    expect(refused("cron_add", { prompt: "x", schedule }).message).toBe(
      'Two schedules at once: type "every" and expr "0 9 * * *".',
    )
  })

  test("a type without any time", () => {
    const schedule = { type: "cron", expr: "" }
    const refusal = refused("cron_add", { prompt: "x", schedule })
    expect(refusal.message).toBe("The schedule of type cron says no time.")
    expect(refusal.expected).toContain('"expr":"0 9 * * *"')
  })

  test("two zones at once", () => {
    const schedule = { type: "cron", expr: "0 9 * * *", tz: "Asia/Tokyo" }
    expect(refused("cron_add", { prompt: "x", schedule, tz: "Asia/Shanghai" }).message).toBe(
      "Two zones at once: Asia/Tokyo and Asia/Shanghai.",
    )
  })

  test("unknown fields, with near matches", () => {
    const refusal = refused("cron_add", { ...digest, promt: "y", flavour: 1 })
    expect(refusal.message).toBe(
      'Unknown fields "promt", "flavour" for cron_add. Did you mean prompt?',
    )
    expect(refusal.received).toEqual(["promt", "flavour"])
    expect(refusal.expected).toContain("delete_after_run")
  })

  test("unknown keys of a policy and of a schedule", () => {
    expect(refused("cron_add", { ...digest, policy: { timeout: 5 } }).message).toBe(
      'Unknown field "timeout" in policy. Did you mean timeout_ms?',
    )
    const schedule = { type: "cron", expr: "0 9 * * *", stagger: 1 }
    expect(refused("cron_add", { prompt: "x", schedule }).message).toBe(
      'Unknown field "stagger" in schedule.',
    )
  })

  test("parameters of another tool", () => {
    expect(refused("cron_list", { prompt: "x" }).message).toContain('"prompt" for cron_list')
  })

  test("arguments that are no object", () => {
    const deep = `${'{"job":'.repeat(50_000)}1${"}".repeat(50_000)}`
    for (const args of ["run it daily", 7, ["x"], "{broken", deep, JSON.parse(deep)]) {
      expect(refused("cron_add", args).message).toBe("The arguments are no JSON object.")
    }
  })

  test("names that objects are born with", () => {
    for (const name of ["__proto__", "constructor", "toString"]) {
      const args = JSON.parse(`{"prompt":"x","every":"1h","${name}":{"a":1}}`) as object
      expect(refused("cron_add", args).message).toContain("Unknown field")
    }
  })

  test("the same parameter twice with different values", () => {
    expect(refused("cron_remove", { id: "job_1", job_id: "job_2" }).message).toBe(
      'job_id was given twice, once as "job_id", with different values.',
    )
  })

  test("a policy or a schedule that is no object", () => {
    expect(refused("cron_add", { ...digest, policy: "strict" }).message).toBe(
      'policy "strict" is no object.',
    )
    expect(refused("cron_add", { prompt: "x", schedule: 60 }).message).toBe(
      "schedule 60 is no object.",
    )
  })
})

describe("pitfall 2: nested or flat", () => {
  test("a job in `job` is the same as one laid flat", () => {
    expect(understood("cron_add", { job: digest })).toEqual(digest)
    expect(understood("cron_add", { params: { job: digest } })).toEqual(digest)
    expect(understood("cron_add", { job: { prompt: digest.prompt }, every: "1h" })).toEqual(digest)
  })

  test("an opaque object that came empty is absent", () => {
    expect(understood("cron_add", { ...digest, job: {}, schedule: {}, policy: {} })).toEqual(digest)
  })

  test("a payload and a delivery as other schedulers nest them", () => {
    const args = {
      job: {
        payload: { message: "Write the digest" },
        delivery: { channel: "feishu", to: "oc_1" },
        schedule: { kind: "every", everyMs: 60_000 },
      },
    }
    expect(understood("cron_add", args)).toEqual({
      prompt: "Write the digest",
      channel: "feishu",
      chat_id: "oc_1",
      schedule: { type: "every", every_ms: 60_000 },
    })
  })

  test("`job` with a text is the job's id where a job is named", () => {
    expect(understood("cron_remove", { job: "job_1" })).toEqual({ job_id: "job_1" })
  })
})

describe("pitfall 3: everything as text (behaviour 88)", () => {
  test("the arguments as the text of an object", () => {
    expect(understood("cron_add", JSON.stringify(digest))).toEqual(digest)
  })

  test("the schedule, the job and the policy as texts of objects", () => {
    const schedule = '{"type":"every","every_ms":"3600000"}'
    const policy = '{"timeout_ms":"60000","retry":"{\\"attempts_max\\":\\"2\\"}"}'
    expect(understood("cron_add", { prompt: "x", schedule, policy })).toEqual({
      prompt: "x",
      schedule: { type: "every", every_ms: 3_600_000 },
      policy: { timeout_ms: 60_000, retry: { attempts_max: 2 } },
    })
    expect(understood("cron_add", { job: JSON.stringify(digest) })).toEqual(digest)
  })

  test("numbers and booleans as texts, texts as numbers", () => {
    expect(understood("cron_list", { limit: "5", status: " Enabled " })).toEqual({
      limit: 5,
      status: "enabled",
    })
    const args = { ...digest, delete_after_run: "true", chat_id: 4711, at: undefined }
    expect(understood("cron_add", args)).toEqual({
      ...digest,
      delete_after_run: true,
      chat_id: "4711",
    })
    expect(understood("cron_update", { job_id: 1, delete_after_run: "no" })).toEqual({
      job_id: "1",
      delete_after_run: false,
    })
  })

  test("a word where a number belongs is refused, not crashed over", () => {
    expect(refused("cron_add", { ...digest, repeat: "forever" }).message).toContain('"repeat"')
    expect(understood("cron_list", { limit: "all" })).toEqual({ limit: "all" })
  })
})

describe("pitfall 4: fillers", () => {
  const fillers = { in: "", at: 0, cron: " ", tz: "", model: "", chat_id: "", schedule: {} }

  test("empty texts and zeros are absent on add", () => {
    expect(understood("cron_add", { ...digest, ...fillers, name: null })).toEqual(digest)
  })

  test("fillers inside of a schedule are absent", () => {
    const schedule = { type: "cron", expr: "0 9 * * *", every_ms: 0, at: "", tz: null }
    expect(understood("cron_add", { prompt: "x", schedule })).toEqual({
      prompt: "x",
      cron: "0 9 * * *",
    })
  })

  test("on update a blank changes nothing, null clears (behaviour 86)", () => {
    expect(understood("cron_update", { job_id: "j", ...fillers, name: "" })).toEqual({
      job_id: "j",
    })
    const cleared = { job_id: "j", model: null, name: null, tz: null, policy: { timeout_ms: null } }
    expect(understood("cron_update", cleared)).toEqual(cleared)
  })

  test("false is no filler", () => {
    expect(understood("cron_update", { job_id: "j", delete_after_run: false })).toEqual({
      job_id: "j",
      delete_after_run: false,
    })
  })
})

describe("pitfall 5: other names", () => {
  test.each([["jobId"], ["id"], ["job_id "], ["JobID"], ['"job_id"'], ["job-id"]])(
    "%s is job_id",
    (key) => {
      expect(understood("cron_remove", { [key]: "job_1" })).toEqual({ job_id: "job_1" })
    },
  )

  test.each([["cron_expression"], ["expr"], ["cronExpr"], ["expression"], [" cron "]])(
    "%s is cron",
    (key) => {
      expect(understood("cron_add", { prompt: "x", [key]: "0 9 * * *" })).toEqual({
        prompt: "x",
        cron: "0 9 * * *",
      })
    },
  )

  test("message, timezone, interval, when and delay", () => {
    const at = { message: "x", when: "2026-12-01T09:00", timezone: "Asia/Tokyo" }
    expect(understood("cron_add", at)).toEqual({
      prompt: "x",
      at: "2026-12-01T09:00",
      tz: "Asia/Tokyo",
    })
    expect(understood("cron_add", { task: "x", interval: "1h" })).toEqual({
      prompt: "x",
      every: "1h",
    })
    expect(understood("cron_add", { text: "x", delay: "1h" })).toEqual({ prompt: "x", in: "1h" })
  })

  test("glued and flattened schedule keys", () => {
    const args = { prompt: "x", scheduleKind: "every", everyMs: "60000" }
    expect(understood("cron_add", args)).toEqual({
      prompt: "x",
      schedule: { type: "every", every_ms: 60_000 },
    })
    expect(refused("cron_add", { ...digest, namePayload: "x" }).message).toContain("name_payload")
  })

  test("a unit in the name of the key", () => {
    expect(understood("cron_add", { prompt: "x", every_seconds: 90 })).toEqual({
      prompt: "x",
      every: "90s",
    })
    expect(understood("cron_add", { prompt: "x", at_seconds: "600" })).toEqual({
      prompt: "x",
      in: "600s",
    })
    expect(understood("cron_add", { ...digest, at_seconds: 0 })).toEqual(digest)
  })
})
