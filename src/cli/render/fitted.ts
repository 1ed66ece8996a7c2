const GRAPHEMES = new Intl.Segmenter()
/** Combining marks, joiners and the like take no column of their own. */
const NO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]+$/u
const WIDE =
  /^(?:\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}])/u
const EMOJI_STYLE = '\ufe0f'

/** A text cut, with an ellipsis, to so many columns of a terminal. */
export function fitted(text: string, columns: number): string {
  if (text.length * 2 <= columns || widthOf(text) <= columns) return text
  let shown = ''
  let width = 0
  for (const { segment } of GRAPHEMES.segment(text)) {
    width += widthOfGrapheme(segment)
    if (width > columns - 1) break
    shown += segment
  }
  return `${shown}…`
}

/** How many columns a text takes on a terminal. */
export function widthOf(text: string): number {
  let width = 0
  for (const { segment } of GRAPHEMES.segment(text)) width += widthOfGrapheme(segment)
  return width
}

function widthOfGrapheme(segment: string): number {
  if (NO_WIDTH.test(segment)) return 0
  return WIDE.test(segment) || segment.includes(EMOJI_STYLE) ? 2 : 1
}
