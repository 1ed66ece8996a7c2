/** The URL, or null where the text is none. To ask first whether it can be read would be to read it twice. */
export function parseUrl(text: string): URL | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
}
