import { useState } from 'react'

const KEY = 'bide-theme'
const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

export function readTheme(): Theme {
  return THEMES.find((theme) => theme === localStorage.getItem(KEY)) ?? 'system'
}

/** The style sheets look at `data-theme`; without it, at the system. */
export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
  localStorage.setItem(KEY, theme)
}

export function ThemeChoice() {
  const [theme, setTheme] = useState(readTheme)
  return (
    <label className="theme">
      <span className="hidden">Theme</span>
      <select
        value={theme}
        onChange={({ target }) => {
          const chosen = target.value as Theme
          applyTheme(chosen)
          setTheme(chosen)
        }}
      >
        <option value="system">System</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </select>
    </label>
  )
}
