import { closest, distance } from 'fastest-levenshtein'

/** `did you mean Start?`, where one of the names is near enough to be a slip of the hand; else null. */
export function didYouMean(name: string, names: Iterable<string>): string | null {
  const known = [...names]
  if (known.length === 0) return null
  const folded = known.find((candidate) => candidate.toLowerCase() === name.toLowerCase())
  const nearest = folded ?? closest(name, known)
  const limit = Math.max(1, Math.min(3, Math.floor(name.length / 2)))
  return folded !== undefined || distance(name, nearest) <= limit ? `did you mean ${nearest}?` : null
}
