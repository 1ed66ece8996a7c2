import '../style/answer.css'
/** Names and their values, such as headers: only ever text. */
export function Pairs({ pairs }: { pairs: Readonly<Record<string, string>> }) {
  return (
    <dl className="pairs">
      {Object.entries(pairs).map(([name, value]) => (
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
  )
}
