import { useSyncExternalStore } from 'react'

/** The window's width, which decides how high a row is. */
export function useWidth(): number {
  return useSyncExternalStore(
    (listener) => {
      window.addEventListener('resize', listener)
      return () => window.removeEventListener('resize', listener)
    },
    () => window.innerWidth,
  )
}
