import { afterAll, beforeAll } from 'vitest'
import { type JobServer, jobServer } from '../../src/testing/index.ts'

/** A job server for the tests of a file. */
export function farJobs(): () => JobServer {
  let far: JobServer
  beforeAll(async () => {
    far = await jobServer()
  })
  afterAll(() => far.close())
  return () => far
}
