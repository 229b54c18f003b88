// A lock that lacks another platform's binary installs here and fails there: `npm ci` refuses it.
// A lock with download addresses ties everyone to the registry it was written with.
import { readFileSync } from "node:fs"

interface Locked {
  readonly resolved?: string
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
  packages: Record<string, Locked>
}
const paths = Object.keys(packages)
const isLocked = (name: string) => paths.some((path) => path.endsWith(`node_modules/${name}`))

const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
  Object.entries(optionalDependencies)
    .filter(([name]) => !isLocked(name))
    .map(([name, version]) => `${path} wants ${name}@${version}, which the lock does not hold`),
)
const addressed = Object.entries(packages)
  .filter(([, { resolved }]) => resolved !== undefined)
  .map(([path]) => `${path} holds a download address`)

const faults = [...missing, ...addressed]
for (const fault of faults) process.stderr.write(`package-lock.json: ${fault}\n`)
if (faults.length > 0) {
  process.stderr.write(
    "Pin a release that is complete on every platform, and install with the .npmrc of this project.\n",
  )
  process.exitCode = 1
}
