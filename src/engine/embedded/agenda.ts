import { createDueHeap } from '../../core/due-heap.ts'

/** What is to be done when: the earliest first. */
export interface Agenda {
  readonly size: number
  /** Puts an id at an instant, instead of where it was. */
  add(id: string, origin: string, at: number): void
  remove(id: string): void
  /** Takes out what is due by then. */
  takeDue(now: number): readonly { readonly id: string; readonly origin: string }[]
  /** The earliest instant; infinity where there is nothing. */
  nextAt(): number
}

export function createAgenda(): Agenda {
  const heap = createDueHeap()
  const slots = new Map<string, number>()
  const ids: string[] = []
  const origins: string[] = []
  const remove = (id: string) => {
    const slot = slots.get(id)
    if (slot === undefined) return
    slots.delete(id)
    ids[slot] = ''
    origins[slot] = ''
    heap.free(slot)
  }
  return {
    get size() {
      return heap.size
    },
    add(id, origin, at) {
      remove(id)
      const slot = heap.add(at)
      slots.set(id, slot)
      ids[slot] = id
      origins[slot] = origin
    },
    remove,
    takeDue(now) {
      const due: { id: string; origin: string }[] = []
      while (heap.nextAt() <= now) {
        const slot = heap.first()
        const [id, origin] = [ids[slot] as string, origins[slot] as string]
        remove(id)
        due.push({ id, origin })
      }
      return due
    },
    nextAt: () => heap.nextAt(),
  }
}
