import { closest, distance } from 'fastest-levenshtein'

/** `did you mean Start?`, where one of the names is near enough to be a slip of the hand; else null. */
export function didYouMean(name: string, names: Iterable<string>): string | null {
  const known = [...names].slice(0, MOST_COMPARED)
  if (known.length === 0 || name.length > LONGEST_COMPARED) return null
  const folded = known.find((candidate) => candidate.toLowerCase() === name.toLowerCase())
  const nearest = folded ?? closest(name, known)
  // of one letter, any other letter is one slip away
  const limit = Math.min(3, Math.floor(name.length / 2))
  return folded !== undefined || distance(name, nearest) <= limit ? `did you mean ${nearest}?` : null
}

/** Beyond these, looking takes longer than the hint is worth. */
const MOST_COMPARED = 1000
const LONGEST_COMPARED = 200
