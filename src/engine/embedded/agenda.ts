/** What is to be done when: the earliest first. A binary heap on typed arrays, 20 bytes an entry beside its id. */
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

const FIRST_CAPACITY = 1024

export function createAgenda(): Agenda {
  return new HeapAgenda()
}

/** Entries lie in slots that never move; the heap orders the numbers of the slots. */
class HeapAgenda implements Agenda {
  readonly #slots = new Map<string, number>()
  readonly #ids: string[] = []
  readonly #origins: string[] = []
  readonly #free: number[] = []
  #at = new Float64Array(FIRST_CAPACITY)
  #heap = new Int32Array(FIRST_CAPACITY)
  /** Where in the heap a slot stands. */
  #position = new Int32Array(FIRST_CAPACITY)
  #size = 0

  get size(): number {
    return this.#size
  }

  add(id: string, origin: string, at: number): void {
    this.remove(id)
    const slot = this.#free.pop() ?? this.#ids.length
    if (slot === this.#at.length) this.#grow()
    this.#slots.set(id, slot)
    this.#ids[slot] = id
    this.#origins[slot] = origin
    this.#at[slot] = at
    this.#rise(this.#size++, slot)
  }

  remove(id: string): void {
    const slot = this.#slots.get(id)
    if (slot === undefined) return
    this.#slots.delete(id)
    this.#ids[slot] = ''
    this.#origins[slot] = ''
    this.#free.push(slot)
    const hole = this.#position[slot] as number
    const last = this.#heap[--this.#size] as number
    if (hole === this.#size) return
    this.#rise(hole, last)
    this.#sink(this.#position[last] as number, last)
  }

  takeDue(now: number) {
    const due: { id: string; origin: string }[] = []
    while (this.nextAt() <= now) {
      const slot = this.#heap[0] as number
      const [id, origin] = [this.#ids[slot] as string, this.#origins[slot] as string]
      this.remove(id)
      due.push({ id, origin })
    }
    return due
  }

  nextAt(): number {
    return this.#size === 0 ? Number.POSITIVE_INFINITY : this.#instant(0)
  }

  #instant(position: number): number {
    return this.#at[this.#heap[position] as number] as number
  }

  #rise(from: number, slot: number): void {
    const at = this.#at[slot] as number
    let position = from
    while (position > 0) {
      const parent = (position - 1) >> 1
      if (this.#instant(parent) <= at) break
      this.#put(position, this.#heap[parent] as number)
      position = parent
    }
    this.#put(position, slot)
  }

  #sink(from: number, slot: number): void {
    const at = this.#at[slot] as number
    let position = from
    for (;;) {
      let child = 2 * position + 1
      if (child >= this.#size) break
      if (child + 1 < this.#size && this.#instant(child + 1) < this.#instant(child)) child++
      if (this.#instant(child) >= at) break
      this.#put(position, this.#heap[child] as number)
      position = child
    }
    this.#put(position, slot)
  }

  #put(position: number, slot: number): void {
    this.#heap[position] = slot
    this.#position[slot] = position
  }

  #grow(): void {
    const capacity = this.#at.length * 2
    this.#at = copied(new Float64Array(capacity), this.#at)
    this.#heap = copied(new Int32Array(capacity), this.#heap)
    this.#position = copied(new Int32Array(capacity), this.#position)
  }
}

function copied<T extends { set(from: T): void }>(to: T, from: T): T {
  to.set(from)
  return to
}
