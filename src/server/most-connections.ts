/** At most so many connections to elsewhere, and no more than half of the files that the process may open. */
const MOST = 512

/** How many attempts may be under way at a time: callers of the server and the store need files too. */
export function mostConnections(): number {
  // Looking up the names of the interfaces takes seconds where no name server answers.
  Object.assign(process.report, { excludeNetwork: true })
  const { userLimits } = process.report.getReport() as unknown as {
    userLimits?: { open_files?: { soft?: number | 'unlimited' } }
  }
  const files = Number(userLimits?.open_files?.soft)
  return Number.isNaN(files) ? MOST : Math.max(1, Math.min(MOST, Math.floor(files / 2)))
}
