import * as v from 'valibot'
import type { Operation } from '../operations.ts'
import { health, livez, metricsText, readyz } from '../routes/health.ts'
import { me } from '../routes/me.ts'
import { instantSchema, roleSchema, said } from '../schemas/common.ts'

const statusSchema = v.object({ status: v.literal('ok') })

const figure = v.nullable(v.number())
const percentilesSchema = v.object({ p50: figure, p99: figure })

const healthSchema = v.object({
  engine: v.string(),
  version: v.string(),
  startedAt: instantSchema,
  waiting: said('Runs that wait for their next attempt.', figure),
  running: said('Attempts in flight.', figure),
  paused: figure,
  queued: said('Attempts that are due and wait for their turn.', figure),
  attemptsPerSecond: v.number(),
  latenessMs: said('From the instant at which an attempt was due to its start.', percentilesSchema),
  storeCommitMs: said('From asking the store until it was on the disk.', percentilesSchema),
  storeBytes: figure,
})

export const HEALTH_OPERATIONS: readonly Operation[] = [
  {
    method: 'get',
    path: '/livez',
    role: 'anybody',
    handle: livez,
    summary: 'Whether the process answers',
    answers: { 200: { says: 'It does.', schema: statusSchema } },
  },
  {
    method: 'get',
    path: '/readyz',
    role: 'anybody',
    handle: readyz,
    summary: 'Whether polls can be taken and kept',
    answers: { 200: { says: 'They can.', schema: statusSchema } },
  },
  {
    method: 'get',
    path: '/metrics',
    role: 'viewer',
    handle: metricsText,
    summary: 'What is measured, for Prometheus',
    answers: { 200: { says: 'The text format of Prometheus.', type: 'text/plain' } },
  },
  {
    method: 'get',
    path: '/api/v1/health',
    role: 'viewer',
    handle: health,
    summary: 'How it goes: what waits, how late attempts are, how long the store takes',
    description: 'Rates and percentiles are of the last ten seconds. What an engine cannot know is null.',
    answers: { 200: { says: 'Figures.', schema: healthSchema } },
  },
  {
    method: 'get',
    path: '/api/v1/me',
    role: 'viewer',
    handle: me,
    summary: 'Who the caller is here',
    answers: { 200: { says: 'Name and role.', schema: v.object({ name: v.string(), role: roleSchema }) } },
  },
]
