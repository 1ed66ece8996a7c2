import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { join } from 'node:path'
import { inject } from 'vitest'

export interface Ran {
  /** Null where a signal killed it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunningBide {
  readonly process: ChildProcessWithoutNullStreams
  readonly ended: Promise<Ran>
  /** Resolves once stderr holds this text. */
  says(text: string): Promise<void>
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  readonly cwd?: string
  /** Another folder than that which was built for the tests. */
  readonly build?: string
}

/** Runs the built command to its end, its streams being pipes. */
export function runBide(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return startBide(args, options).ended
}

/** Starts the built command. */
export function startBide(
  args: readonly string[],
  { env = {}, stdin = '', cwd, build = inject('build') }: RunOptions = {},
): RunningBide {
  const main = join(build, 'cli/main.js')
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env.PATH, ...env },
    ...(cwd !== undefined && { cwd }),
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  child.stdin.on('error', () => {})
  child.stdin.end(stdin)
  const ended = new Promise<Ran>((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })))
  return {
    process: child,
    ended,
    says: (text) =>
      new Promise((resolve, reject) => {
        const look = () => stderr.includes(text) && resolve()
        child.stderr.on('data', look)
        child.on('close', () => reject(new Error(`it ended without saying '${text}': ${stderr}`)))
        look()
      }),
  }
}
