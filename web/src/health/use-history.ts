import { useEffect, useState } from 'react'

const MOST = 90

/** What a figure has been while the page was looked at, oldest first; `at` tells that it was measured anew. */
export function useHistory(value: number | null | undefined, at: number): readonly number[] {
  const [history, setHistory] = useState<readonly number[]>([])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same figure measured again is another point.
  useEffect(() => {
    if (value === null || value === undefined) return
    setHistory((before) => [...before, value].slice(-MOST))
  }, [at])
  return history
}
