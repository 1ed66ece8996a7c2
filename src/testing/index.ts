/** Stand-ins for the world, for tests of what is built on bide. */
export { type JobOptions, type JobServer, jobServer, type ReceivedRequest } from './job-server.ts'
export { type ManualClock, manualClock } from './manual-clock.ts'
export { type ScriptedAnswer, type ScriptedTransport, scriptedTransport } from './scripted-transport.ts'
export type { Fault, ServerAnswer } from './server-answer.ts'
