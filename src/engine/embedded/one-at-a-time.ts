import type { Engine } from '../engine.ts'
import { settle } from '../stepped-clock.ts'

/** A pipeline for tests of which one execution runs at a time, and the others are queued. */
export const ONE = `
kind: PIPELINE
name: One
concurrency: 1
stageOrder: [S]
stages: {S: {taskOrder: [A], tasks: {A: {type: REST, input: {action: post, url: 'http://far.test/a'}}}}}
`

/** Starts an execution of it, and lets what follows from that happen. Its id. */
export async function startOne({ executions }: Engine): Promise<string> {
  const about = { variables: {}, input: {}, requestBy: 'a test', comments: '', idempotency: null }
  const result = await executions!.start({ pipeline: 'One', sources: { One: ONE }, ...about })
  await settle()
  if (result.kind !== 'accepted') throw new Error(result.kind)
  return result.execution.executionId
}
