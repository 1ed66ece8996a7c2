import { yamlPath } from './yaml-path.ts'

/** The line (from 1) at which a task of a pipeline's text begins; 1 where it is not found. */
export function lineOfTask(text: string, key: string): number {
  const lines = text.split('\n')
  const at = lines.findIndex((line, index) => {
    const [, margin = '', name = ''] = /^(\s*)(.+?)\s*:\s*$/.exec(line) ?? []
    if (margin === '' || !key.endsWith(`.${name.replace(/^(["'])(.*)\1$/, '$2')}`)) return false
    const [top, stage, tasks] = yamlPath(lines, index, margin.length)
    return top === 'stages' && tasks === 'tasks' && key.startsWith(`${stage}.`)
  })
  return at < 0 ? 1 : at + 1
}
