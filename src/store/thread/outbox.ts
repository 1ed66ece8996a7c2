/** Collects what is to be posted until the turn is over, so that one message to another thread serves it all. */
export function createOutbox<T>(post: (messages: readonly T[]) => void): (message: T) => void {
  let waiting: T[] = []
  const flush = () => {
    const messages = waiting
    waiting = []
    post(messages)
  }
  return (message) => {
    if (waiting.push(message) === 1) setImmediate(flush)
  }
}
