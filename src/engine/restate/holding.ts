/** Polls whose worker stays with them until their next attempt: only so many at a time, since Restate counts each. */
export interface Holding {
  hasRoom(): boolean
  /** Gives how to end it. */
  begin(): () => void
  /** No more from now on. */
  close(): void
  /** Handlers that are at work, and not merely staying. */
  enter(): () => void
  atWork(): number
}

export function createHolding(limit: number): Holding {
  let [held, entered, room] = [0, 0, limit]
  return {
    hasRoom: () => held < room,
    begin() {
      held++
      return () => {
        held--
      }
    },
    close() {
      room = 0
    },
    enter() {
      entered++
      return () => {
        entered--
      }
    },
    atWork: () => entered - held,
  }
}
