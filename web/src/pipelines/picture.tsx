import { type KeyboardEvent, useRef } from 'react'
import '../style/picture.css'
import type { PipelineShape, TaskShape } from '../../../src/pipeline/picture.ts'
import { lookOf } from '../statuses.ts'
import { neighbour, type Place } from './neighbour.ts'

/** What a run says of one task, for the picture. */
export interface TaskNow {
  readonly status: string
  /** A few words, such as `attempt 3 of 10`. */
  readonly note: string | null
}

interface Drawn {
  readonly shape: PipelineShape
  /** Names the picture. */
  readonly label: string
  /** By `Stage.Task`; null where nothing runs. */
  readonly tasks: Readonly<Record<string, TaskNow>> | null
  /** By stage. */
  readonly stages: Readonly<Record<string, string>> | null
  readonly chosen: string | null
  onChoose(key: string): void
}

/** A pipeline drawn: stages from left to right, steps downwards, what runs in parallel side by side. */
export function Picture(drawn: Drawn) {
  const { shape, label } = drawn
  const box = useRef<HTMLElement>(null)
  const walk = (event: KeyboardEvent) => {
    const place = (document.activeElement as HTMLElement | null)?.dataset.place
    if (place === undefined) return
    const [stage = 0, step = 0, task = 0] = place.split(' ').map(Number)
    const to = neighbour(shape, { stage, step, task }, event.key)
    if (to === null) return
    event.preventDefault()
    box.current?.querySelector<HTMLElement>(`[data-place="${placeText(to)}"]`)?.focus()
  }
  return (
    <section ref={box} className="picture" aria-label={label} tabIndex={-1} onKeyDown={walk}>
      <p className="hidden">The arrow keys lead from task to task.</p>
      <ol className="stages">
        {shape.stages.map((stage, at) => (
          <StageBox key={stage.name} stage={stage} at={at} {...drawn} />
        ))}
      </ol>
    </section>
  )
}

function StageBox({ stage, at, ...drawn }: Drawn & { stage: PipelineShape['stages'][number]; at: number }) {
  const { shape, stages } = drawn
  const look = stages === null ? null : lookOf(stages[stage.name] ?? 'NOT_STARTED')
  const rollbacks = shape.rollbacks.filter((rollback) => rollback.stage === stage.name)
  return (
    <li className={`stage ${look?.tone ?? ''}`}>
      <h3>
        {look && (
          <span className="mark" aria-hidden="true">
            {look.mark}
          </span>
        )}
        {stage.name}
        {look && <span className="hidden">: {look.word}</span>}
      </h3>
      <ol className="steps">
        {stage.steps.map((tasks, step) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a step has no name; its place is what it is.
          <li key={step} className={`step wide-${Math.min(3, tasks.length)}`}>
            {tasks.length > 1 && <span className="hidden">{tasks.length} side by side:</span>}
            {tasks.map((task, index) => (
              <TaskBox
                key={task.name}
                task={task}
                stage={stage.name}
                place={{ stage: at, step, task: index }}
                {...drawn}
              />
            ))}
          </li>
        ))}
      </ol>
      {rollbacks.map((rollback) => (
        <RollbackNote key={`${rollback.task} ${rollback.pipeline}`} rollback={rollback} />
      ))}
    </li>
  )
}

function TaskBox({ task, stage, place, ...drawn }: Drawn & { task: TaskShape; stage: string; place: Place }) {
  const key = `${stage}.${task.name}`
  const now = drawn.tasks === null ? null : (drawn.tasks[key] ?? { status: 'NOT_STARTED', note: null })
  const look = now && lookOf(now.status)
  const isFirst = place.stage === 0 && place.step === 0 && place.task === 0
  const isStop = drawn.chosen === null ? isFirst : drawn.chosen === key
  return (
    <button
      type="button"
      className={`task ${look?.tone ?? ''}`}
      aria-pressed={drawn.chosen === key}
      tabIndex={isStop ? 0 : -1}
      data-place={placeText(place)}
      data-task={key}
      onClick={() => drawn.onChoose(key)}
    >
      <span className="task-name">
        {look && (
          <span className="mark" aria-hidden="true">
            {look.mark}
          </span>
        )}
        {task.name}
      </span>
      <span className="task-kind">
        <span className="kind">{task.type}</span> <span className="tabular">{now?.note ?? look?.word}</span>
      </span>
      <Rules task={task} />
    </button>
  )
}

function Rules({ task }: { task: TaskShape }) {
  return (
    <>
      {task.preCondition !== null && (
        <span className="rule only" title={task.preCondition}>
          only if <code>{task.preCondition}</code>
        </span>
      )}
      {task.continueOnFailure && <span className="rule">continues on failure</span>}
    </>
  )
}

function RollbackNote({ rollback: { task, pipeline } }: { rollback: PipelineShape['rollbacks'][number] }) {
  return (
    <p className="rollback">
      <span aria-hidden="true">↩</span> if {task ?? 'the stage'} fails: <strong>{pipeline}</strong>
    </p>
  )
}

function placeText({ stage, step, task }: Place): string {
  return `${stage} ${step} ${task}`
}
