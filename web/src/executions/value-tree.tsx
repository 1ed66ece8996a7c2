import { JsonTree } from '../json-tree.tsx'

interface Valued {
  readonly values: Readonly<Record<string, unknown>>
  onPick?(path: readonly (string | number)[]): void
}

/** Named values, each to look into. */
export function ValueTree({ values, onPick }: Valued) {
  return (
    <div className="values">
      {Object.entries(values).map(([name, value]) => (
        <JsonTree key={name} name={name} value={value} path={[name]} {...(onPick && { onPick })} />
      ))}
    </div>
  )
}
