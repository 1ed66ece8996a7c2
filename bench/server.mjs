import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Starts the job server in a child process, at any port that is free by default; it ends with this one. */
export async function startServer(port = 0) {
  const args = [fileURLToPath(new URL('job-server.mjs', import.meta.url)), String(port)]
  const child = spawn(process.execPath, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const [line] = await once(child.stdout, 'data')
  return { url: String(line).trim(), close: () => child.kill() }
}

/** The middle of the numbers. */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Rows as a Markdown table; every column but the first is aligned to the right. */
export function printTable(head, rows) {
  console.log(`| ${head.join(' | ')} |`)
  console.log(`| --- |${' ---: |'.repeat(head.length - 1)}`)
  for (const row of rows) console.log(`| ${row.join(' | ')} |`)
}
