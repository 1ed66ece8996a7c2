import { Body } from './body.tsx'
import { Pairs } from './pairs.tsx'

interface Answered {
  readonly responseCode: number | null
  readonly responseHeaders: Readonly<Record<string, string>>
  readonly responseBody: string
}

/** An answer that stands alone. */
export function Answer({ output, title }: { output: Answered; title: string }) {
  const { responseCode, responseHeaders, responseBody } = output
  return (
    <section className="card" aria-label={title}>
      <h2>{title}</h2>
      <details>
        <summary>
          Code {responseCode ?? 'none'}, {Object.keys(responseHeaders).length} headers
        </summary>
        <Pairs pairs={responseHeaders} />
      </details>
      <Body body={responseBody} />
    </section>
  )
}
