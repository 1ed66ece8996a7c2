/** Places for the executions of each pipeline: `concurrency` bounds them, and more of them wait in the order of asking. */
export interface Places {
  /** False where it has to wait: `begin` is called when there is a place. */
  enter(id: string, pipeline: string, limit: number): boolean
  /** It runs already, whether or not there is a place. */
  hold(id: string, pipeline: string): void
  leave(id: string): void
}

interface Occupied {
  limit: number
  readonly running: Set<string>
  readonly queued: Set<string>
}

export function createPlaces(begin: (id: string, pipeline: string) => void): Places {
  const pipelines = new Map<string, Occupied>()
  const where = new Map<string, string>()
  const at = (id: string, name: string): Occupied => {
    const found = pipelines.get(name) ?? { limit: 1, running: new Set(), queued: new Set() }
    pipelines.set(name, found)
    where.set(id, name)
    return found
  }
  const release = (name: string, { limit, running, queued }: Occupied) => {
    for (const id of queued) {
      if (running.size >= limit) return
      queued.delete(id)
      running.add(id)
      begin(id, name)
    }
  }
  return {
    enter(id, name, limit) {
      const pipeline = at(id, name)
      pipeline.limit = limit
      const isFree = pipeline.queued.size === 0 && pipeline.running.size < limit
      if (isFree) pipeline.running.add(id)
      else pipeline.queued.add(id)
      return isFree
    },
    hold(id, name) {
      at(id, name).running.add(id)
    },
    leave(id) {
      const name = where.get(id)
      const pipeline = pipelines.get(name ?? '')
      if (name === undefined || pipeline === undefined) return
      where.delete(id)
      pipeline.running.delete(id)
      pipeline.queued.delete(id)
      release(name, pipeline)
      if (pipeline.running.size + pipeline.queued.size === 0) pipelines.delete(name)
    },
  }
}
