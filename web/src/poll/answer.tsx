import { useState } from 'react'

/** Longer texts are cut for the eye. */
const SHOWN = 200_000

interface Answered {
  readonly responseCode: number | null
  readonly responseHeaders: Readonly<Record<string, string>>
  readonly responseBody: string
}

/** The last answer. Whatever it holds, it is only ever text. */
export function Answer({ output, title = 'The last answer' }: { output: Answered; title?: string }) {
  const [isRaw, setRaw] = useState(false)
  const { responseCode, responseHeaders, responseBody } = output
  const pretty = isRaw ? null : indented(responseBody)
  const text = pretty ?? responseBody
  return (
    <section className="card" aria-label={title}>
      <h2>{title}</h2>
      <details>
        <summary>
          Code {responseCode ?? 'none'}, {Object.keys(responseHeaders).length} headers
        </summary>
        <dl className="pairs">
          {Object.entries(responseHeaders).map(([name, value]) => (
            <div key={name}>
              <dt>
                <code>{name}</code>
              </dt>
              <dd>
                <code>{value}</code>
              </dd>
            </div>
          ))}
        </dl>
      </details>
      <label className="check">
        <input type="checkbox" checked={isRaw} onChange={({ target }) => setRaw(target.checked)} /> As it came
      </label>
      <pre className="body" tabIndex={0} role="region" aria-label="Body">
        {text.slice(0, SHOWN) || '(empty)'}
        {text.length > SHOWN && `\n… ${text.length - SHOWN} characters more`}
      </pre>
    </section>
  )
}

function indented(body: string): string | null {
  try {
    const value = JSON.parse(body)
    // Where numbers are rounded by the browser, the text as it came is the truth.
    return /\d{16}/.test(body) ? null : JSON.stringify(value, null, 2)
  } catch {
    return null
  }
}
