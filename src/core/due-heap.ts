/** What comes next: slots in the order of their instants. A binary heap on typed arrays, 20 bytes a slot. */
export interface DueHeap {
  readonly size: number
  /** Gives the slot that was taken. It stays the same until it is freed, and is given again after that. */
  add(at: number): number
  free(slot: number): void
  /** The slot of the earliest instant; -1 where there is none. */
  first(): number
  /** The earliest instant; infinity where there is none. */
  nextAt(): number
}

const FIRST_CAPACITY = 64

/** An empty heap. */
export function createDueHeap(): DueHeap {
  return new Heap()
}

/** Slots never move; the heap orders their numbers. */
class Heap implements DueHeap {
  readonly #free: number[] = []
  #at = new Float64Array(FIRST_CAPACITY)
  #heap = new Int32Array(FIRST_CAPACITY)
  /** Where in the heap a slot stands. */
  #position = new Int32Array(FIRST_CAPACITY)
  #size = 0

  get size(): number {
    return this.#size
  }

  add(at: number): number {
    const slot = this.#free.pop() ?? this.#size
    if (slot === this.#at.length) this.#grow()
    this.#at[slot] = at
    this.#rise(this.#size++, slot)
    return slot
  }

  free(slot: number): void {
    this.#free.push(slot)
    const hole = this.#position[slot] as number
    const last = this.#heap[--this.#size] as number
    if (hole === this.#size) return
    this.#rise(hole, last)
    this.#sink(this.#position[last] as number, last)
  }

  first(): number {
    return this.#size === 0 ? -1 : (this.#heap[0] as number)
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
