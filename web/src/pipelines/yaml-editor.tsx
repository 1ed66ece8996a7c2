import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { yaml } from '@codemirror/lang-yaml'
import { bracketMatching, indentOnInput, indentUnit } from '@codemirror/language'
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint'
import { EditorState, type Text } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view'
import { useEffect, useRef } from 'react'
import type { LineProblem } from '../api/request.ts'
import type { Surroundings } from './check.ts'
import { pipelineCompletion } from './completion.ts'
import { editorLook } from './editor-look.ts'

interface Edited {
  /** The first text; a later one replaces what was typed. */
  readonly text: string
  readonly label: string
  readonly problems: readonly LineProblem[]
  readonly surroundings: Surroundings
  /** Where the cursor is to go; a new object goes there again. */
  readonly goTo: { readonly line: number; readonly column: number } | null
  readonly isReadOnly: boolean
  onChange(text: string): void
}

/** A text of YAML that is edited, with completion, and problems at their line. */
export function YamlEditor({ text, label, problems, surroundings, goTo, isReadOnly, onChange }: Edited) {
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  const latest = useRef({ surroundings, onChange })
  latest.current = { surroundings, onChange }
  useEffect(() => {
    if (host.current === null) return
    // Only within a shadow root it makes its styles by script, as the policy of the page demands.
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: 'open' })
    const made = new EditorView({
      state: EditorState.create({
        doc: text,
        extensions: [extensions(label, latest), EditorState.readOnly.of(isReadOnly)],
      }),
      parent: root,
      root,
    })
    view.current = made
    return () => made.destroy()
  }, [text, label, isReadOnly])
  useEffect(() => {
    const made = view.current
    if (made === null) return
    const diagnostics = problems.map((problem) => diagnosticOf(problem, made.state.doc))
    made.dispatch(setDiagnostics(made.state, diagnostics))
  }, [problems])
  useEffect(() => {
    const made = view.current
    if (made === null || goTo === null) return
    const anchor = offsetOf(goTo, made.state.doc)
    made.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) })
    made.focus()
  }, [goTo])
  return <div ref={host} className="editor" />
}

interface Latest {
  readonly current: Pick<Edited, 'surroundings' | 'onChange'>
}

function extensions(label: string, latest: Latest) {
  return [
    lineNumbers(),
    lintGutter(),
    history(),
    drawSelection(),
    indentOnInput(),
    indentUnit.of('  '),
    bracketMatching(),
    closeBrackets(),
    highlightActiveLine(),
    autocompletion({ override: [pipelineCompletion(() => latest.current.surroundings)], icons: false }),
    yaml(),
    editorLook,
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
    EditorView.updateListener.of(({ docChanged, state }) => {
      if (docChanged) latest.current.onChange(state.doc.toString())
    }),
    // Tab is left to the page: who came by keyboard gets out again.
    keymap.of([
      ...closeBracketsKeymap,
      ...defaultKeymap,
      ...historyKeymap,
      ...completionKeymap,
      ...lintKeymap,
    ]),
  ]
}

function diagnosticOf(problem: LineProblem, doc: Text): Diagnostic {
  const from = offsetOf(problem, doc)
  const line = doc.lineAt(from)
  const word = /^(?:\$\{[^}]*\}?|[^\s:,{}[\]]+)/.exec(line.text.slice(from - line.from))?.[0] ?? ''
  const { message, hint, severity } = problem
  return {
    from,
    to: Math.min(line.to, from + Math.max(1, word.length)),
    severity,
    message: hint === null ? message : `${message}; ${hint}`,
  }
}

function offsetOf({ line, column }: { line: number; column: number }, doc: Text): number {
  const { from, to } = doc.line(Math.max(1, Math.min(line, doc.lines)))
  return Math.min(to, from + column - 1)
}
