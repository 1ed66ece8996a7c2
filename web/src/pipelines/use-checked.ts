import { useEffect, useMemo, useState } from 'react'
import { usePipelines } from '../api/pipelines.ts'
import { useVariables } from '../api/variables.ts'
import type { Checked, Surroundings } from './check.ts'
import { useLater } from './use-later.ts'

type Check = typeof import('./check.ts')

const PAUSE_MS = 200

/** What is wrong with a text as one types it, by the checks of the server; null until they are loaded. */
export function useChecked(text: string): { checked: Checked | null; surroundings: Surroundings } {
  const [check, setCheck] = useState<Check | null>(null)
  useEffect(() => {
    import('./check.ts').then((loaded) => setCheck(() => loaded))
  }, [])
  const pipelines = usePipelines().data
  const variables = useVariables().data
  const names = JSON.stringify([
    pipelines?.map(({ name }) => name) ?? null,
    variables?.map(({ name }) => name) ?? null,
  ])
  const surroundings = useMemo((): Surroundings => {
    const [pipelines, variables] = JSON.parse(names)
    return { pipelines, variables }
  }, [names])
  const settled = useLater(text, PAUSE_MS)
  const checked = useMemo(
    () => check?.checkText(settled, surroundings) ?? null,
    [check, settled, surroundings],
  )
  return { checked, surroundings }
}
