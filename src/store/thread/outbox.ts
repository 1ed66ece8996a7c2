/** Collects what is to be posted until `schedule` calls back, so that one message to another thread serves many. */
export function createOutbox<T>(
  post: (messages: readonly T[]) => void,
  schedule: (flush: () => void) => void,
): (message: T) => void {
  let waiting: T[] = []
  const flush = () => {
    const messages = waiting
    waiting = []
    post(messages)
  }
  return (message) => {
    if (waiting.push(message) === 1) schedule(flush)
  }
}
