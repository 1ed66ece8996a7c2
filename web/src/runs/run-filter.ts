import { useMemo } from 'react'
import { useLocation, useSearch } from 'wouter'
import type { RunFilter } from '../api/runs.ts'

const KEYS = ['kind', 'status', 'name', 'pipeline', 'text'] as const

/** What is filtered stands in the address, so that it can be passed on. */
export function useRunFilter(): [RunFilter, (changed: Partial<RunFilter>) => void] {
  const search = useSearch()
  const [, navigate] = useLocation()
  const filter = useMemo(() => filterIn(search), [search])
  const change = (changed: Partial<RunFilter>) => {
    const given = Object.entries({ ...filter, ...changed }).filter(([, value]) => value !== '')
    navigate(given.length === 0 ? '/' : `/?${new URLSearchParams(given)}`, { replace: true })
  }
  return [filter, change]
}

/** The filter that an address asks for. */
export function filterIn(search: string): RunFilter {
  const given = new URLSearchParams(search)
  return Object.fromEntries(KEYS.map((key) => [key, given.get(key) ?? ''])) as unknown as RunFilter
}

export function isFiltered(filter: RunFilter): boolean {
  return KEYS.some((key) => filter[key] !== '')
}
