const KEY = 'bide-token'

/** The caller's token: gone with the tab, so that it lies nowhere for long. */
export const token = {
  get: (): string | null => sessionStorage.getItem(KEY),
  set: (value: string): void => sessionStorage.setItem(KEY, value),
  clear: (): void => sessionStorage.removeItem(KEY),
}
