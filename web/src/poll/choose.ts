const STEPS: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
  PageUp: 10,
  PageDown: -10,
  End: Number.POSITIVE_INFINITY,
  Home: Number.NEGATIVE_INFINITY,
}

/** Where a key leads among so many attempts; null where it leads nowhere. */
export function moved(key: string, from: number, size: number): number | null {
  const by = STEPS[key]
  return by === undefined ? null : Math.max(0, Math.min(size - 1, from + by))
}
