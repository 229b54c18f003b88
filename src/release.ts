/** The release, as recorded with every fact. A test holds it equal to the package's. */
export const version = "0.1.0"

const cronerVersion = "11.0.1"

/** What plans: the versions of the cron library and of the zone data of this Node. */
export const planner = `croner@${cronerVersion} tzdata@${process.versions["tz"] ?? "?"}`
