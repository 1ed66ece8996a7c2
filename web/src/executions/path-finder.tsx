import { useState } from 'react'
import type { PathStep } from '../../../src/binding/path.ts'
import { announce } from '../announce.tsx'
import { bindingOf } from './binding-of.ts'
import { ValueTree } from './value-tree.tsx'

/** The output of a task as a tree; choosing a value gives, and copies, the binding that stands for it. */
export function PathFinder({ task, output }: { task: string; output: Readonly<Record<string, unknown>> }) {
  const [found, setFound] = useState<{ text: string; isCopied: boolean } | null>(null)
  const choose = async (path: readonly PathStep[]) => {
    const text = bindingOf(task, path)
    setFound({ text, isCopied: false })
    // Only in secure contexts; elsewhere the text can be marked by hand.
    await navigator.clipboard?.writeText(text).then(
      () => {
        setFound({ text, isCopied: true })
        announce(`${text} is copied.`)
      },
      () => {},
    )
  }
  return (
    <div className="finder">
      <p className="found">
        {found === null ? (
          <span className="quiet">Choose a value for the binding that stands for it.</span>
        ) : (
          <>
            <code>{found.text}</code> <span className="quiet">{found.isCopied && 'copied'}</span>
          </>
        )}
      </p>
      <ValueTree values={output} onPick={choose} />
    </div>
  )
}
