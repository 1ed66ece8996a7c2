import { createHash } from 'node:crypto'

/** The id of what was submitted under a key, of which this is a digest: the same key is the same run. */
export function idOfKey(digest: string): string {
  const hex = createHash('sha256').update(digest).digest('hex')
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)]
  return parts.join('-')
}
