/** Opening stdout takes 5 ms, and most polls write nothing there: it is opened by its first write. */
let isOpen = false
const listeners: (() => void)[] = []

/** Writes data to stdout. Who reads it may stop reading: that is no defect of ours. */
export function writeOut(text: string): void {
  if (!isOpen) {
    isOpen = true
    process.stdout.on('error', () => {
      for (const listener of listeners) listener()
    })
  }
  process.stdout.write(text)
}

/** Calls back when something was written that nobody reads any more. */
export function onReaderGone(listener: () => void): void {
  listeners.push(listener)
}

/** Calls back once all that was written has been taken. */
export function drained(done: () => void): void {
  if (isOpen) process.stdout.write('', done)
  else done()
}
