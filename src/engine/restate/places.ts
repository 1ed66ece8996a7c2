import type { Effects } from '../effects.ts'

/** Gives each run its place among all: by the time of its beginning, then as it comes. Below 2^53 until the year 2248. */
export function createPlaces({ clock, random }: Pick<Effects, 'clock' | 'random'>): { next(): number } {
  // Another process counts from elsewhere, so two that begin in the same millisecond differ.
  let count = Math.floor(random() * A_MILLISECOND)
  return { next: () => Math.floor(clock.now()) * A_MILLISECOND + (count++ % A_MILLISECOND) }
}

/** So many places a millisecond has. */
export const A_MILLISECOND = 1024
