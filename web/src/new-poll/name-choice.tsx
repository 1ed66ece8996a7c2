import type { Completing } from './completing.ts'

interface Choice {
  /** Of the field. */
  readonly id: string
  readonly label: string
  readonly offer: Completing
  readonly active: number
  readonly noNames: string
  onChoose(path: string): void
}

/** Names to choose from; the keys stay with the text, which says which one is active. */
export function NameChoice({ id, label, offer, active, noNames, onChoose }: Choice) {
  if (offer.names.length === 0)
    return (
      <div className="names" id={`${id}-names`}>
        <p className="quiet">{noNames}</p>
      </div>
    )
  return (
    <div className="names">
      <div role="listbox" id={`${id}-names`} aria-label={`Names for ${label}`}>
        {offer.names.map(({ path, value }, index) => (
          <div
            key={path}
            role="option"
            tabIndex={-1}
            id={`${id}-name-${index}`}
            aria-selected={index === active}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onChoose(path)}
          >
            <code>{path}</code> <span className="quiet">{value}</span>
          </div>
        ))}
      </div>
      {offer.hidden > 0 && <p className="quiet">{offer.hidden} more: type a letter of it</p>}
    </div>
  )
}
