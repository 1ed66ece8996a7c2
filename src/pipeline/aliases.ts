import { type Alias, type Document, isAlias, type Node, visit } from 'yaml'

export interface Aliases {
  readonly targets: ReadonlyMap<Alias, Node>
  readonly faults: readonly { readonly offset: number; readonly message: string }[]
}

/** What each alias of a document stands for, found in one pass: an anchor holds from where it stands onwards. */
export function aliasesOf(doc: Document): Aliases {
  const anchors = new Map<string, Node>()
  const targets = new Map<Alias, Node>()
  const faults: { offset: number; message: string }[] = []
  visit(doc, {
    Node(_, node, path) {
      if (!isAlias(node)) {
        if (node.anchor !== undefined) anchors.set(node.anchor, node)
        return
      }
      const target = anchors.get(node.source)
      const offset = node.range?.[0] ?? 0
      if (target === undefined) faults.push({ offset, message: `there is no anchor &${node.source}` })
      else if (path.includes(target)) faults.push({ offset, message: `*${node.source} would hold itself` })
      else targets.set(node, target)
    },
  })
  return { targets, faults }
}
