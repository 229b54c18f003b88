import { execFileSync } from "node:child_process"
import { describe, expect, test } from "vitest"
import { entryOf, fixture, inputOf, read, reasonOf, refusalOf } from "./reading.ts"

const user = read("crontab", fixture("user.crontab"))
const system = read("crontab", fixture("system.crontab"))

const line = (number: number) => entryOf(user.entries, `line ${number}`)

/** What a script writes when a shell runs it. */
const written = (script: string): string =>
  execFileSync("/bin/sh", ["-c", script], { encoding: "utf8", input: "" })

const only = (text: string) => {
  const [entry, ...more] = read("crontab", text).entries
  if (entry === undefined || more.length > 0) throw new Error(`not one entry: ${text}`)
  return entry
}

describe("a crontab is refused", () => {
  test("when it is empty, or holds no job", () => {
    expect(refusalOf("crontab", "\n\n").message).toBe("jobs is empty.")
    expect(refusalOf("crontab", "# nothing\nPATH=/bin\n").message).toBe(
      "jobs holds no job in 3 lines.",
    )
  })
})

describe("a line is refused", () => {
  test.each([
    ["@reboot /usr/bin/agent start", /@reboot names no time/],
    ["0~30 3 * * * /bin/true", /jitter_ms/],
    ["0 5 * * *", /has no command/],
    ["@daily", /has no command/],
    ["0 5", /has fewer than 6 words/],
    ["hello there, this is no crontab at all", /begins with no time/],
  ])("%s", (text, why) => {
    expect(reasonOf(only(text))).toMatch(why)
  })

  test("by itself: the others become jobs", () => {
    expect(reasonOf(line(15))).toContain("@reboot")
    expect(user.entries.filter(({ job }) => "input" in job)).toHaveLength(user.entries.length - 1)
  })
})

describe("a line becomes a job of the agent shell", () => {
  test("with the times as they stand, in the zone of the machine", () => {
    expect(inputOf(line(9))).toMatchObject({
      cron: "*/15 8-18 * * mon-fri",
      tz: "Europe/Vienna",
      policy: { agent: "shell", timeout_ms: 86_400_000, disable_after_failures: 0 },
    })
    expect(inputOf(line(10)).cron).toBe("0,30 9-17/2 1,15 * *")
  })

  test("named by the comment of Ansible, else by its command", () => {
    expect(line(8).name).toBe("nightly backup")
    expect(line(9).name).toBe("curl -fsS https://status.example.org/ping")
  })

  test("under the environment that stands above it, and not under cron's own variables", () => {
    expect(inputOf(line(8)).prompt).toBe(
      [
        "export SHELL='/bin/sh'",
        "export PATH='/usr/local/bin:/usr/bin:/bin'",
        "export GREETING='hello, world '",
        "/usr/local/bin/backup --all > /dev/null 2>&1",
      ].join("\n"),
    )
  })

  test("in the zone of CRON_TZ from there on, which TZ does not move", () => {
    expect(inputOf(line(14))).toMatchObject({ cron: "@daily", tz: "Asia/Tokyo" })
    expect(inputOf(line(14)).prompt).toContain("export TZ='Asia/Tokyo'")
    expect(inputOf(line(20)).tz).toBe("Europe/Vienna")
    expect(user.notes.join("\n")).toMatch(/Line 13: TZ=Asia\/Tokyo: handed to the commands/)
  })

  test("with both days, where one begins with a star, as cron has it", () => {
    expect(inputOf(line(16)).cron).toBe("0 0 */2 * +1")
    expect(inputOf(only("0 0 1,15 * 1 /bin/true")).cron).toBe("0 0 1,15 * 1")
    expect(inputOf(only("0 0 * * */2 /bin/true")).cron).toBe("0 0 * * */2")
  })

  test("a % ends the command, and what follows is its input; \\% is a %", () => {
    expect(inputOf(line(11)).prompt).toMatch(/\ndate \+%F >> \/var\/tmp\/weeks$/)
    expect(inputOf(line(17)).prompt).toContain(
      "} <<'INPUT'\nDear Bob,\n100% of it is done.\n\nINPUT",
    )
    expect(written(inputOf(only("* * * * * tr a-z A-Z | cat%one%INPUT%it's")).prompt)).toBe(
      "ONE\nINPUT\nIT'S\n",
    )
  })

  test("that a real shell reads as cron's would", () => {
    const text = `A='it is "so"'\nB = 2 3 \n* * * * * echo "$A/$B/$(echo "'")"`
    expect(written(inputOf(only(text)).prompt)).toBe(`it is "so"/2 3/'\n`)
  })

  test("read by the shell that SHELL names", () => {
    const prompt = inputOf(line(20)).prompt
    expect(prompt).toContain(`exec '/bin/bash' -c '[[ -f ~/.rent ]] && echo "pay the rent"'`)
    const text = 'SHELL=/bin/bash\n* * * * * [[ a == a ]] && echo "it\'s $0"'
    expect(written(inputOf(only(text)).prompt)).toBe("it's /bin/bash\n")
  })

  test("whose key stays when lines move, and differs when the same line stands twice", () => {
    const [first, second] = [inputOf(line(21)).key, inputOf(line(22)).key]
    expect(second).toBe(`${first}/2`)
    const moved = read("crontab", `# new\n\nPATH=/bin\n15 5 * * * echo same\n`).entries[0]
    expect(moved && inputOf(moved).key).toBe(first)
    expect(inputOf(only("16 5 * * * echo same")).key).not.toBe(first)
  })

  test("without the - that keeps it out of the system's log", () => {
    expect(inputOf(line(23)).cron).toBe("*/5 * * * *")
    expect(line(23).notes.join()).toContain("The - before its minute")
  })

  test("and what is otherwise than with cron is said once", () => {
    const notes = user.notes.join("\n")
    expect(notes).toContain("Line 4: MAILTO=ops@example.org: no mail is sent")
    expect(notes).toMatch(/policy.overlap[^]*policy.catch_up[^]*policy.timeout_ms/)
  })
})

describe("a crontab of the system", () => {
  test("is told by its users, or by its place, and each line keeps its own", () => {
    expect(system.notes[0]).toMatch(/sixth field is a user/)
    const users = system.entries.map(({ job }) => "user" in job && job.user)
    expect(users).toEqual(["root", "root", "www-data", "backup"])
    expect(system.entries[0] && inputOf(system.entries[0])).toMatchObject({ cron: "17 * * * *" })
    const there = read("crontab", "0 5 * * * mail bob", { file: "/etc/cron.d/mail" })
    expect(there.entries[0]?.job).toMatchObject({ user: "mail" })
  })

  test("is not seen in a user's, nor where somebody says it is none", () => {
    expect(only("0 5 * * * backup /home").job).not.toHaveProperty("user")
    const text = "0 5 * * * root -b draw.C"
    expect(read("crontab", text).entries[0]?.job).toMatchObject({ user: "root" })
    const asUser = read("crontab", text, { system: false }).entries[0]
    expect(asUser && inputOf(asUser).prompt).toBe("root -b draw.C")
  })

  test("whose line has a user and no command is refused", () => {
    const entry = read("crontab", "0 5 * * * root", { system: true }).entries[0]
    expect(entry && reasonOf(entry)).toContain("no command")
  })
})
