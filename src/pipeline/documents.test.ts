import { expect, it } from 'vitest'
import { checkFiles } from '../pipeline/check.ts'
import { pipelineDocuments } from './documents.ts'

const one = (name: string) =>
  `kind: PIPELINE\nname: ${name}\nstageOrder: [S]\nstages: {S: {taskOrder: [T], tasks: {T: {type: Condition, input: {condition: 'true'}}}}}\n`

it('a file with one pipeline is that text, comments and all', () => {
  const text = `# what it is for\n${one('A')}`
  expect(pipelineDocuments([{ file: 'a.yaml', text }])).toEqual([
    { file: 'a.yaml', name: 'A', line: 0, text },
  ])
})

it('several are kept apart, each with the lines before it', () => {
  const text = `---\n${one('A')}--- # the other\n${one('B')}---\n`
  const documents = pipelineDocuments([{ file: 'a.yaml', text }])
  expect(documents.map(({ name }) => name)).toEqual(['A', 'B'])
  const lines = text.split('\n')
  for (const { name, line, text: part } of documents) {
    expect(part.split('\n').slice(-5)).toEqual([...one(name).split('\n')])
    const at = part.split('\n').indexOf(`name: ${name}`)
    expect(lines[line + at]).toBe(`name: ${name}`)
    expect(checkFiles([{ file: 'a.yaml', text: part }]).pipelines.has(name)).toBe(true)
  }
})

it('JSON is one document', () => {
  const text = '{"kind": "PIPELINE", "name": "A"}\n'
  expect(pipelineDocuments([{ file: 'a.json', text }])).toMatchObject([{ name: 'A', text }])
})
