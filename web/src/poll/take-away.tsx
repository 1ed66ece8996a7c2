import '../style/attempts.css'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { PollTask } from '../../../src/core/task.ts'
import { announce } from '../announce.tsx'
import type { Polled } from '../api/attempts.ts'
import { sayError } from '../api/request.ts'
import { asCommand } from './as-command.ts'
import { download, evidenceOf } from './evidence.ts'

/** Shows and copies the command that does the same. */
export function CopyCommand({ task }: { task: PollTask }) {
  const text = asCommand(task)
  const [isShown, setShown] = useState(false)
  const copy = async () => {
    setShown(true)
    // Only in secure contexts; elsewhere the text can be marked by hand.
    await navigator.clipboard?.writeText(text).then(
      () => announce('The command is copied.'),
      () => {},
    )
  }
  return (
    <>
      <button type="button" onClick={copy}>
        Copy as bide poll
      </button>
      {isShown && <pre className="command">{text}</pre>}
    </>
  )
}

/** Saves what is known of a poll as a file. */
export function DownloadEvidence({ polled }: { polled: Polled }) {
  const saving = useMutation({
    mutationFn: async () => download(fileOf(polled), await evidenceOf(polled)),
  })
  return (
    <>
      <button type="button" disabled={saving.isPending} onClick={() => saving.mutate()}>
        Download evidence
      </button>
      {saving.error && (
        <p className="error" role="alert">
          {sayError(saving.error)}
        </p>
      )}
    </>
  )
}

function fileOf(polled: Polled): string {
  const task = polled.kind === 'task' ? `-${polled.task.replace(/[^\w.-]+/g, '-')}` : ''
  return `bide-${polled.id}${task}.json`
}
