import { useMemo } from 'react'
import { useMay } from '../api/caller.ts'
import { useVariables, type Variable } from '../api/variables.ts'
import type { Name } from './names.ts'

/** The variables that a poll of this caller may name, as what is to be typed for them; null until they are known. */
export function useVariableNames(): { variables: readonly Variable[] | null; names: readonly Name[] } {
  const all = useVariables().data
  const mayHide = useMay('editor')
  const mayRestrict = useMay('admin')
  return useMemo(() => {
    const may = { REGULAR: true, SECRET: mayHide, RESTRICTED: mayRestrict }
    const variables = all?.filter(({ kind }) => may[kind]) ?? null
    const names = (variables ?? []).map(({ name, value }) => ({
      path: `\${var.${name}}`,
      value: value ?? 'hidden',
    }))
    return { variables, names }
  }, [all, mayHide, mayRestrict])
}
