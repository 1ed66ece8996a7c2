// `npm run job-server`: the sample job server that examples/ run against, until it is stopped.
import { jobServer } from '../dist/testing/index.js'

const { url, requests } = await jobServer({ port: Number(process.env.PORT ?? 4700) })
console.log(`The sample job server listens at ${url}; Ctrl-C stops it.`)
let shown = 0
setInterval(() => {
  for (; shown < requests.length; shown++) console.log(`${requests[shown].method} ${requests[shown].url}`)
}, 200)
