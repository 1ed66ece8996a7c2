import * as v from 'valibot'
import type { Operation } from '../operations.ts'
import { livez, metricsText, readyz } from '../routes/health.ts'
import { me } from '../routes/me.ts'
import { roleSchema } from '../schemas/common.ts'

const statusSchema = v.object({ status: v.literal('ok') })

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
    path: '/api/v1/me',
    role: 'viewer',
    handle: me,
    summary: 'Who the caller is here',
    answers: { 200: { says: 'Name and role.', schema: v.object({ name: v.string(), role: roleSchema }) } },
  },
]
