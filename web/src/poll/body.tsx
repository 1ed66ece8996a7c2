import '../style/answer.css'
import { useMemo, useState } from 'react'
import { parseJson, toJson } from '../../../src/core/json.ts'
import { JsonTree } from '../json-tree.tsx'
import { Difference } from './difference.tsx'

/** Longer texts are cut for the eye. */
const SHOWN = 200_000

const VIEWS = { tree: 'Tree', raw: 'Raw', changes: 'Changes' } as const
type View = keyof typeof VIEWS

export interface BodyProps {
  readonly body: string
  /** The body before, where it is known: what has changed since is then a view of its own. */
  readonly before?: string | null
}

/** A body as a tree, as it came, or as what is new in it. Whatever it holds, it is only ever text. */
export function Body({ body, before = null }: BodyProps) {
  const value = useMemo(() => parseJson(body), [body])
  const views: View[] = [
    ...(value === undefined ? [] : ['tree' as const]),
    'raw',
    ...(before === null ? [] : ['changes' as const]),
  ]
  const [wanted, setWanted] = useState<View>('tree')
  const view = views.includes(wanted) ? wanted : (views[0] as View)
  return (
    <div className="body-views">
      {views.length > 1 && (
        <fieldset className="segments">
          <legend className="hidden">Body as</legend>
          {views.map((one) => (
            <button key={one} type="button" aria-pressed={one === view} onClick={() => setWanted(one)}>
              {VIEWS[one]}
            </button>
          ))}
        </fieldset>
      )}
      <div className="body" tabIndex={0} role="region" aria-label="Body">
        {view === 'tree' && <JsonTree value={value} />}
        {view === 'raw' && <pre>{cut(body) || '(empty)'}</pre>}
        {view === 'changes' && <Difference before={indented(before ?? '')} after={indented(body)} />}
      </div>
    </div>
  )
}

function cut(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}\n… ${text.length - SHOWN} characters more` : text
}

function indented(body: string): string {
  const value = parseJson(body)
  return value === undefined ? body : toJson(value, 2)
}
