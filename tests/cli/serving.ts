import { afterEach } from 'vitest'
import { type RunningBide, startBide } from './run-bide.ts'

export interface Served {
  readonly bide: RunningBide
  readonly url: string
  readonly api: string
  readonly port: number
}

/** Starts real servers over a data folder, and kills those that a test leaves behind. */
export function serving() {
  const running = new Set<RunningBide>()
  afterEach(() => {
    for (const { process } of running) process.kill('SIGKILL')
    running.clear()
  })
  return {
    async serve(data: string, ...more: string[]): Promise<Served> {
      const args = ['serve', '--port', '0', '--data', data, '--egress-allow', '127.0.0.1', ...more]
      const bide = startBide(args)
      running.add(bide)
      let said = ''
      bide.process.stderr.on('data', (chunk) => {
        said += chunk
      })
      await bide.says('listening on')
      const url = /http:\/\/[^\s(]+/.exec(said)?.[0] ?? ''
      return { bide, url, api: `${url}/api/v1`, port: Number(new URL(url).port) }
    },
    async kill({ bide }: Served, signal: NodeJS.Signals) {
      bide.process.kill(signal)
      running.delete(bide)
      return bide.ended
    },
  }
}
