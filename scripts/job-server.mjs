// `npm run job-server`: the sample job server that examples/ run against, until it is stopped.
import { jobServer } from '../dist/testing/index.js'

const port = Number(process.env.PORT ?? 4700)
try {
  const { url, requests } = await jobServer({ port })
  console.log(`The sample job server listens at ${url}; Ctrl-C stops it.`)
  let shown = 0
  setInterval(() => {
    for (; shown < requests.length; shown++) console.log(`${requests[shown].method} ${requests[shown].url}`)
  }, 200)
} catch (error) {
  if (error.code !== 'EADDRINUSE') throw error
  console.error(`Port ${port} is taken; another one: PORT=${port + 1} npm run job-server`)
  process.exitCode = 1
}
