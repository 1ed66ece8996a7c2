// One client's cost, in a process of its own: `attempt-client.mjs <client> <url> <concurrent> <attempts each>`.
import { CLIENTS } from './clients.mjs'

const [name, url, concurrent, each] = process.argv.slice(2)
const client = await CLIENTS[name]()
const many = (count, attempts) => Promise.all(Array.from({ length: count }, () => client(url, attempts)))

await many(50, 20)
const attempts = Number(concurrent) * Number(each)
const [cpuBefore, wallBefore] = [process.cpuUsage(), performance.now()]
await many(Number(concurrent), Number(each))
const { user, system } = process.cpuUsage(cpuBefore)
console.log(
  JSON.stringify({
    cpuMicroseconds: (user + system) / attempts,
    wallMicroseconds: ((performance.now() - wallBefore) * 1000) / attempts,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
  }),
)
process.exit()
