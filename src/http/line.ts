/** Who stands in line, linked to who stands behind: what waits is to take as little memory as it can. */
export interface Place {
  next: Place | null
  /** Set before `begin`; to be called once when it is over. */
  leave: (() => void) | null
  /** It waits no more: its turn is skipped. */
  readonly isGone: boolean
  begin(): void
}

/** A line before each origin: so many are let in at a time, in the order in which they came. */
export interface Lines {
  join(origin: string, place: Place): void
}

interface Line {
  inside: number
  first: Place | null
  last: Place | null
  /** What has begun may be over at once, and let in the next from within. */
  isMoving: boolean
  readonly leave: () => void
}

export function createLines(most: number): Lines {
  const lines = new Map<string, Line>()
  const open = (origin: string): Line => {
    const leave = () => {
      line.inside--
      move(line)
      if (line.inside === 0 && line.first === null) lines.delete(origin)
    }
    const line: Line = { inside: 0, first: null, last: null, isMoving: false, leave }
    lines.set(origin, line)
    return line
  }
  const move = (line: Line) => {
    if (line.isMoving) return
    line.isMoving = true
    while (line.first !== null && line.inside < most) {
      const place = line.first
      line.first = place.next
      // What is old keeps alive what it points to, even when it is done with: else each would keep all behind it.
      place.next = null
      if (line.first === null) line.last = null
      if (place.isGone) continue
      line.inside++
      place.leave = line.leave
      place.begin()
    }
    line.isMoving = false
  }
  return {
    join(origin, place) {
      const line = lines.get(origin) ?? open(origin)
      if (line.last === null) line.first = place
      else line.last.next = place
      line.last = place
      move(line)
    },
  }
}
