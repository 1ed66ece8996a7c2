import { describe, expect, it } from 'vitest'
import { checkFiles } from './check.ts'

/** Stands in a text right before each place at which a problem is expected. */
const HERE = '▸'

/** Problems as `rule: message (hint)`; a place that is marked in none of the texts, or is said twice, shows. */
function check(marked: string) {
  const text = marked.replaceAll(HERE, '')
  const { problems, pipelines } = checkFiles([{ file: 'p.yaml', text }])
  const places = marked
    .split('\n')
    .flatMap((line, i) => [...line.matchAll(/▸/g)].map(({ index }, n) => `${i + 1}:${index - n + 1}`))
  return {
    said: problems.map(
      ({ rule, message, hint }) => `${rule}: ${message}${hint === null ? '' : ` (${hint})`}`,
    ),
    severities: problems.map(({ severity }) => severity),
    places: problems.map(({ line, column }) => `${line}:${column}`),
    expected: places,
    names: [...pipelines.keys()],
  }
}

/** A file of one stage S. */
function inStage(tasks: string, order = '[T]', top = ''): string {
  const lines = tasks
    .trim()
    .split('\n')
    .map((line) => `      ${line}`)
  return `kind: PIPELINE\nname: P\n${top}stageOrder: [S]\nstages:\n  S:\n    taskOrder: ${order}\n    tasks:\n${lines.join('\n')}\n`
}

const OK = 'T: {type: REST, input: {url: http://h/}}'
const failure = `failure: 'status == "F"'`

type Row = [name: string, text: string, said: string[]]

function table(severity: 'error' | 'warning', rows: Row[]) {
  it.each(rows)('%s', (_, text, said) => {
    const found = check(text)
    expect(found.said).toEqual(said)
    expect(found.places).toEqual(found.expected)
    expect(found.severities.includes('error')).toBe(severity === 'error')
    if (severity === 'warning') expect(found.names).not.toEqual([])
  })
}

describe('a text that cannot be read', () => {
  table('error', [
    ['a quote that is not closed', `name: ▸"x\nstageOrder: []\n`, ['syntax: a quote that is not closed']],
    [
      'an indent',
      `name: P\nstages:\n    S: {}\n▸  T: {}\n`,
      ['syntax: All mapping items must start at the same column'],
    ],
    ['a tab', `name: P\nstages:\n▸\tS: {}\n`, ['syntax: Tabs are not allowed as indentation']],
    ['a key twice', `name: P\n▸name: Q\n`, ["syntax: key 'name' stands here twice"]],
    ['JSON with a comma too many', `{"name": "P",▸, "stages": {}}`, ['syntax: Unexpected , in flow map']],
    ['a merge of no map', `name: P\n▸<<: x\n`, ['syntax: << takes a map, by its anchor']],
    [
      'a merge of a list of texts',
      `▸name: P\n<<: [x]\n`,
      ['syntax: Merge sources must be maps or map aliases'],
    ],
    ['an alias of nothing', `name: ▸*none\n`, ['syntax: there is no anchor &none']],
  ])
})

describe('a document that is no pipeline', () => {
  table('error', [
    ['a list', `▸- a\n- b\n`, ['wrong-type: the document: expected a map, found a list']],
    ['a text', `▸hello\n`, ['wrong-type: the document: expected a map, found "hello"']],
    ['a number', `▸12\n`, ['wrong-type: the document: expected a map, found 12']],
    [
      'a variable',
      `▸project: x\nkind: ▸VARIABLE\nname: v\nvalue: x\n`,
      [
        'no-pipeline: there is no pipeline in this file',
        'kind: a document of kind VARIABLE is not read here; only kind: PIPELINE is (variables are given by --var and --var-file)',
      ],
    ],
    ['an empty file', '▸', ['no-pipeline: there is no pipeline in this file']],
    ['nothing but a comment', '▸# nothing\n', ['no-pipeline: there is no pipeline in this file']],
    [
      'an empty map',
      '▸▸▸{}',
      [
        'missing-key: name is missing',
        'missing-key: stageOrder is missing',
        'missing-key: stages is missing',
      ],
    ],
    [
      'the second of two',
      `${inStage(OK)}---\nname: ▸[Q]\nstageOrder: []\nstages: {}\n`,
      ['wrong-type: name: expected a text'],
    ],
  ])
})

describe('types and keys', () => {
  table('error', [
    [
      'a key of backoff that there is not',
      inStage(
        `T: {type: POLL, input: {url: http://h/, backoff: {factor: 2, ▸maxSecond: 3}, exitCriteria: {${failure}}}}`,
      ),
      ['unknown-key: maxSecond is no key that is known here; it is not used (did you mean maxSeconds?)'],
    ],
    [
      'stageOrder as text',
      `name: P\nstageOrder: ▸S\nstages: {}\n`,
      ['wrong-type: stageOrder: expected a list of the names of stages'],
    ],
    [
      'stages as a list',
      `name: P\nstageOrder: []\nstages: ▸[S]\n`,
      ['wrong-type: stages: expected a map, found a list'],
    ],
    ['no name', `▸stageOrder: []\nstages: {}\n`, ['missing-key: name is missing']],
    ['no stages', `▸name: P\nstageOrder: []\n`, ['missing-key: stages is missing']],
    [
      'an empty name',
      `name: ▸''\nstageOrder: []\nstages: {}\n`,
      ['wrong-type: name: expected the name of the pipeline'],
    ],
    ['null as name', `▸name:\nstageOrder: []\nstages: {}\n`, ['missing-key: name is missing']],
    ['a task that is a text', inStage('T: ▸x'), ['wrong-type: T: expected a map, found "x"']],
    ['a task that is null', inStage('T:', '[▸T]'), ["order: there is no task 'T'"]],
    ['a task without a type', inStage('▸T: {input: {url: http://h/}}'), ['missing-key: type is missing']],
    [
      'a type that is a list',
      inStage('T: {type: ▸[POLL]}'),
      ['wrong-type: type: expected the type of the task'],
    ],
    [
      'concurrency',
      inStage(OK, '[T]', 'concurrency: ▸51\n'),
      ['wrong-type: concurrency: must be at most 50'],
    ],
    [
      'concurrency 0',
      inStage(OK, '[T]', 'concurrency: ▸0\n'),
      ['wrong-type: concurrency: must be at least 1'],
    ],
    ['enabled', inStage(OK, '[T]', 'enabled: ▸maybe\n'), ['wrong-type: enabled: expected true or false']],
    [
      'input as a list',
      inStage(OK, '[T]', 'input: ▸[a]\n'),
      ['wrong-type: input: expected a map, found a list'],
    ],
    [
      'an input that is a map',
      inStage(OK, '[T]', 'input: {a: ▸{b: c}}\n'),
      ['wrong-type: a: expected a text'],
    ],
    [
      'taskOrder as a text',
      inStage(`▸${OK}`, '▸T'),
      [
        'wrong-type: taskOrder: expected a list, found "T"',
        "never-runs: task 'T' is in no taskOrder, so it never runs",
      ],
    ],
    ['a number in taskOrder', inStage(OK, '[T, ▸1]'), ["order: there is no task '1'"]],
    ['no url', inStage('T: {type: POLL, ▸input: {pollCount: 3}}'), ['missing-key: url is missing']],
    ['no input', inStage('T: ▸{type: REST}'), ['missing-key: url is missing']],
    [
      'a URL of another scheme',
      inStage('T: {type: REST, input: {url: ▸ftp://h/}}'),
      ['wrong-type: url: expected an http or https URL (only http and https are polled)'],
    ],
    [
      'pollCount',
      inStage(`T: {type: POLL, input: {url: http://h/, pollCount: ▸x, exitCriteria: {${failure}}}}`),
      ['wrong-type: pollCount: expected a number or a numeric string'],
    ],
    [
      'a negative interval',
      inStage(
        `T: {type: POLL, input: {url: http://h/, pollIntervalSeconds: ▸-1, exitCriteria: {${failure}}}}`,
      ),
      ['wrong-type: pollIntervalSeconds: must be above 0'],
    ],
    [
      'exitCriteria as a text',
      inStage('T: {type: POLL, input: {url: http://h/, exitCriteria: ▸x}}'),
      ['wrong-type: exitCriteria: expected a map, found "x"'],
    ],
    [
      'a condition that is a map',
      inStage('T: {type: POLL, input: {url: http://h/, exitCriteria: {success: ▸{a: b}}}}'),
      ['wrong-type: success: expected a condition as text'],
    ],
    [
      'a header that is a list',
      inStage('T: {type: REST, input: {url: http://h/, headers: {A: ▸[b]}}}'),
      ['wrong-type: A: expected a text, found a list'],
    ],
    [
      'an action',
      inStage('T: {type: REST, input: {url: http://h/, action: ▸head}}'),
      ['wrong-type: action: expected get, post, put, patch or delete'],
    ],
    [
      'a retry without count',
      inStage('T: {type: REST, input: {url: http://h/, ▸retry: {}}}'),
      ['missing-key: count is missing'],
    ],
    [
      'ignoreFailure',
      inStage('T: {type: REST, ignoreFailure: ▸2, input: {url: http://h/}}'),
      ['wrong-type: ignoreFailure: expected true or false'],
    ],
    ['no condition', inStage('T: {type: Condition, ▸input: {}}'), ['missing-key: condition is missing']],
    ['no pipeline', inStage('T: {type: Pipeline, ▸input: {}}'), ['missing-key: pipeline is missing']],
    [
      'inputProperties',
      inStage('T: {type: Pipeline, input: {pipeline: Q, inputProperties: ▸x}}'),
      ['wrong-type: inputProperties: expected a map, found "x"'],
    ],
    [
      'an event',
      inStage(OK, '[T]', 'notifications: {webhook: [{event: ▸SUCESS, url: http://h/}]}\n'),
      ['wrong-type: event: expected SUCCESS, FAILURE, WAITING, STARTED or CANCELED'],
    ],
    [
      'the URL of a webhook',
      inStage(OK, '[T]', 'notifications: {webhook: [{event: SUCCESS, url: ▸ftp://h/}]}\n'),
      ['wrong-type: url: expected an http or https URL'],
    ],
    [
      'a rollback without a name',
      inStage(OK, '[T]', 'rollbacks: [▸{stage: S}]\n'),
      ['missing-key: name is missing'],
    ],
    [
      'two things at once',
      inStage('T: {type: POLL, input: {url: ▸7, pollCount: ▸x}}', '[T]', 'concurrency: ▸x\n'),
      [
        'wrong-type: concurrency: expected a number or a numeric string',
        'wrong-type: url: expected an http or https URL',
        'wrong-type: pollCount: expected a number or a numeric string',
      ],
    ],
  ])

  table('warning', [
    [
      'of the pipeline',
      inStage(OK, '[T]', '▸descripton: x\n'),
      ['unknown-key: descripton is no key that is known here; it is not used (did you mean description?)'],
    ],
    [
      'that is like nothing',
      inStage(OK, '[T]', '▸zzzzzzzz: x\n'),
      ['unknown-key: zzzzzzzz is no key that is known here; it is not used'],
    ],
    [
      'of a stage',
      `name: P\nstageOrder: [S]\nstages:\n  S:\n    taskOrder: [T]\n    ▸taskOder: []\n    tasks:\n      ${OK}\n`,
      ['unknown-key: taskOder is no key that is known here; it is not used (did you mean taskOrder?)'],
    ],
    [
      'of a task',
      inStage('T: {type: REST, ▸precondition: "true", input: {url: http://h/}}'),
      ['unknown-key: precondition is no key that is known here; it is not used (did you mean preCondition?)'],
    ],
    [
      'of the input of a POLL',
      inStage(`T: {type: POLL, input: {url: http://h/, ▸pollcount: 3, exitCriteria: {${failure}}}}`),
      ['unknown-key: pollcount is no key that is known here; it is not used (did you mean pollCount?)'],
    ],
    [
      'of the input of a REST',
      inStage('T: {type: REST, input: {url: http://h/, ▸body: x}}'),
      ['unknown-key: body is no key that is known here; it is not used (did you mean payload?)'],
    ],
    [
      'of exitCriteria',
      inStage(`T: {type: POLL, input: {url: http://h/, exitCriteria: {▸sucess: 'a', ${failure}}}}`),
      ['unknown-key: sucess is no key that is known here; it is not used (did you mean success?)'],
    ],
    [
      'of retry',
      inStage('T: {type: REST, input: {url: http://h/, retry: {count: 2, ▸interval: 3}}}'),
      ['unknown-key: interval is no key that is known here; it is not used (did you mean intervalSeconds?)'],
    ],
    [
      'of a rollback',
      inStage(OK, '[T]', 'rollbacks: [{stage: S, ▸stages: x, name: ▸Other}]\n'),
      [
        'unknown-key: stages is no key that is known here; it is not used (did you mean stage?)',
        "unknown-pipeline: there is no pipeline 'Other' in these files (it has to be there when this one is run)",
      ],
    ],
    [
      'of notifications',
      inStage(OK, '[T]', 'notifications: {▸webhooks: []}\n'),
      ['unknown-key: webhooks is no key that is known here; it is not used (did you mean webhook?)'],
    ],
    [
      'of a webhook',
      inStage(OK, '[T]', 'notifications: {webhook: [{event: SUCCESS, url: http://h/, ▸body: x}]}\n'),
      ['unknown-key: body is no key that is known here; it is not used (did you mean payload?)'],
    ],
    [
      'of a task webhook',
      inStage(
        'T: {type: REST, input: {url: http://h/}, notifications: {webhook: [{event: SUCCESS, url: http://h/, ▸header: {}}]}}',
      ),
      ['unknown-key: header is no key that is known here; it is not used (did you mean headers?)'],
    ],
    [
      'of _inputMeta',
      inStage(OK, '[T]', 'input: {a: b}\n_inputMeta: {a: {▸mandatry: true}}\n'),
      ['unknown-key: mandatry is no key that is known here; it is not used (did you mean mandatory?)'],
    ],
  ])
})

describe('names', () => {
  table('error', [
    [
      'a stage in stageOrder',
      `name: P\nstageOrder: [▸Biuld]\nstages: {▸Build: {}}\n`,
      [
        "order: there is no stage 'Biuld' (did you mean Build?)",
        "never-runs: stage 'Build' is in no stageOrder, so it never runs",
      ],
    ],
    [
      'a task in taskOrder',
      inStage('Start: {type: REST, input: {url: http://h/}}', '[▸Strt, Start]'),
      ["order: there is no task 'Strt' (did you mean Start?)"],
    ],
    ['a task beside another', inStage(OK, "[▸'T,U']"), ["order: there is no task 'U'"]],
    ['a task twice', inStage(OK, '[T, ▸T]'), ["order: task 'T' stands here twice"]],
    ['a task twice in a step', inStage(OK, "[▸'T,T']"), ["order: task 'T' stands here twice"]],
    [
      'a stage twice',
      `name: P\nstageOrder: [S, ▸S]\nstages: {S: {}}\n`,
      ["order: stage 'S' stands here twice"],
    ],
    [
      'a dot',
      inStage('▸a.b: {type: REST, input: {url: http://h/}}', '[a.b]'),
      ["name: 'a.b' is no name for a stage or a task (a name holds letters, digits, spaces, - and _)"],
    ],
    [
      'a stage named input',
      `name: P\nstageOrder: [input]\nstages: {▸input: {}}\n`,
      ["name: a stage cannot be named 'input': ${input.x} already means something"],
    ],
    [
      '__proto__ as a stage',
      `name: P\nstageOrder: [▸__proto__]\nstages: {▸S: {}}\n`,
      ["order: there is no stage '__proto__'", "never-runs: stage 'S' is in no stageOrder, so it never runs"],
    ],
    [
      'two pipelines of one name',
      `${inStage(OK)}---\nname: ▸P\nstageOrder: []\nstages: {}\n`,
      ["name-taken: there are two pipelines named 'P'"],
    ],
    [
      'the stage of a rollback',
      inStage(OK, '[T]', 'rollbacks: [{stage: ▸X, name: Q}]\n'),
      ["rollback: there is no stage 'X'"],
    ],
    [
      'the task of a rollback',
      inStage(OK, '[T]', 'rollbacks: [{stage: S, task: ▸U, name: Q}]\n'),
      ["rollback: stage S has no task 'U'"],
    ],
  ])
})

describe('a name in two files', () => {
  const a = { file: 'a.yaml', text: inStage(OK) }
  const b = { file: 'b.yaml', text: inStage(OK) }
  const caller = {
    file: 'c.yaml',
    text: inStage('T: {type: PIPELINE, input: {pipeline: P}}').replace('name: P', 'name: C'),
  }
  const twice = { file: 'a.yaml', text: `${a.text}---\n${a.text}` }
  const clash = (files: (typeof a)[], areApart: boolean) =>
    checkFiles(files, { areApart }).problems.map(
      ({ severity, file, message, hint }) => `${severity} ${file}: ${message} (${hint})`,
    )
  const said = (severity: string) => [
    `${severity} b.yaml: there are two pipelines named 'P' (the other one is in a.yaml)`,
  ]

  it('is an error where they are run together', () => {
    expect(clash([a, b], false)).toEqual(said('error'))
  })

  it('is a warning where they stand apart', () => {
    expect(clash([a, b], true)).toEqual(said('warning'))
  })

  it('is an error where a call could mean either', () => {
    expect(clash([a, b, caller], true)).toEqual(said('error'))
  })

  it('is an error within one file, even where files stand apart', () => {
    expect(clash([twice], true)).toEqual(["error a.yaml: there are two pipelines named 'P' (null)"])
  })
})

describe('a task in which a key is wrong', () => {
  it.each([
    ['POLL', 'pollCount'],
    ['REST', 'requestTimeoutSeconds'],
  ])('has the references of its other keys checked in the same go: %s', (type, key) => {
    const input = `{${key}: nine, url: 'http://h/\${Ss.Start.output.id}'}`
    const { said } = check(inStage(`T: {type: ${type}, input: ${input}}`))
    expect(said).toEqual([
      `wrong-type: ${key}: expected a number or a numeric string`,
      'unknown-reference: ${Ss.Start.output.id}: there is no stage Ss (did you mean S?)',
    ])
  })

  it('is not held against keys that are not what it says', () => {
    const { said } = check(
      inStage('T: {type: POLL, input: {url: http://h/, pollCount: nine, successThreshold: 500}}'),
    )
    expect(said).toHaveLength(1)
  })
})

const start = 'Start: {type: REST, input: {url: http://h/}}'
const poll = (more: string) => `{type: POLL, input: {url: http://h/, exitCriteria: {${more}}}}`
const rest = (input: string) => `{type: REST, input: {url: http://h/, ${input}}}`

describe('references', () => {
  table('error', [
    [
      'a misspelt stage',
      inStage(`${start}\nT: ${rest("payload: '▸${Ss.Start.output.status}'")}`, '[Start, T]'),
      ['unknown-reference: ${Ss.Start.output.status}: there is no stage Ss (did you mean S?)'],
    ],
    [
      'a misspelt task',
      inStage(`${start}\nT: ${rest("payload: 'a ▸${S.Strt.output.status}'")}`, '[Start, T]'),
      ['unknown-reference: ${S.Strt.output.status}: stage S has no task Strt (did you mean Start?)'],
    ],
    [
      'a misspelt part',
      inStage(`${start}\nT: ${rest("payload: '▸${S.Start.outputs.status}'")}`, '[Start, T]'),
      [
        'unknown-reference: ${S.Start.outputs.status}: a task has output and status, not outputs (${S.Start.output...})',
      ],
    ],
    [
      'a misspelt output',
      inStage(`${start}\nT: ${rest("payload: '▸${S.Start.output.responseJsn.id}'")}`, '[Start, T]'),
      [
        'unknown-reference: ${S.Start.output.responseJsn.id}: a REST task has no output responseJsn (did you mean responseJson?)',
      ],
    ],
    [
      'a misspelt input',
      inStage(`T: ${rest("payload: '▸${input.taget}'")}`, '[T]', 'input: {target: x}\n'),
      ['unknown-reference: ${input.taget}: there is no input taget (did you mean target?)'],
    ],
    [
      'an input where there are none',
      inStage(`T: ${rest("payload: '▸${input.x}'")}`),
      ['unknown-reference: ${input.x}: there is no input x (declare it under input:)'],
    ],
    [
      'a misspelt scope',
      inStage(`T: ${rest("payload: '▸${inputs.x}'")}`, '[T]', 'input: {x: x}\n'),
      [
        "unknown-reference: ${inputs.x}: 'inputs' is neither a scope, a stage nor a value of the run (did you mean input?)",
      ],
    ],
    [
      'an unknown name of the run',
      inStage(`T: ${rest("payload: '▸${executionID}'")}`),
      [
        "unknown-reference: ${executionID}: 'executionID' is neither a scope, a stage nor a value of the run (did you mean executionId?)",
      ],
    ],
    [
      'a misspelt output of the pipeline',
      inStage(`T: ${rest("payload: '▸${output.idd}'")}`, '[T]', 'output: {id: x}\n'),
      ['unknown-reference: ${output.idd}: there is no output idd (did you mean id?)'],
    ],
    [
      'no name of an input',
      inStage(`T: ${rest("payload: '▸${input}'")}`),
      ['unknown-reference: ${input}: the name of the input is missing'],
    ],
    [
      'a later task',
      inStage(`T: ${rest("payload: '▸${S.Start.output.status}'")}\n${start}`, '[T, Start]'),
      [
        'unknown-reference: ${S.Start.output.status}: S.Start runs later than this task (refer to a task of an earlier step)',
      ],
    ],
    [
      'a task beside',
      inStage(`T: ${rest("payload: '▸${S.Start.output.status}'")}\n${start}`, "['T,Start']"),
      [
        'unknown-reference: ${S.Start.output.status}: S.Start runs beside this task, so it may not have ended (refer to a task of an earlier step)',
      ],
    ],
    [
      'the task itself',
      inStage(`T: ${rest("payload: '▸${S.T.output.status}'")}`),
      [
        'unknown-reference: ${S.T.output.status}: S.T is this task itself, which has no output yet (refer to a task of an earlier step)',
      ],
    ],
    [
      'a later task in a precondition',
      inStage(
        `T: {type: REST, preCondition: '▸\${S.Start.status} == "COMPLETED"', input: {url: http://h/}}\n${start}`,
        '[T, Start]',
      ),
      [
        'unknown-reference: ${S.Start.status}: S.Start runs later than this task (refer to a task of an earlier step)',
      ],
    ],
    [
      'a later task in a condition of a POLL',
      inStage(`T: ${poll(`success: 'a == ▸\${S.Start.output.status}', ${failure}`)}\n${start}`, '[T, Start]'),
      [
        'unknown-reference: ${S.Start.output.status}: S.Start runs later than this task (refer to a task of an earlier step)',
      ],
    ],
    [
      'in a url',
      inStage('T: {type: REST, input: {url: "http://h/▸${input.x}"}}'),
      ['unknown-reference: ${input.x}: there is no input x (declare it under input:)'],
    ],
    [
      'in a header',
      inStage(`T: ${rest("headers: {A: 'Bearer ▸${input.x}'}")}`),
      ['unknown-reference: ${input.x}: there is no input x (declare it under input:)'],
    ],
    [
      'in inputProperties',
      inStage("T: {type: Pipeline, input: {pipeline: Q, inputProperties: {a: '▸${input.x}'}}}\n"),
      ['unknown-reference: ${input.x}: there is no input x (declare it under input:)'],
    ],
    [
      'in an output',
      inStage(OK, '[T]', "output: {a: '▸${S.U.output.status}'}\n"),
      ['unknown-reference: ${S.U.output.status}: stage S has no task U (there are: T)'],
    ],
    [
      'in a webhook',
      inStage(
        OK,
        '[T]',
        "notifications: {webhook: [{event: SUCCESS, url: http://h/, payload: '▸${input.x}'}]}\n",
      ),
      ['unknown-reference: ${input.x}: there is no input x (declare it under input:)'],
    ],
    [
      'in the webhook of a task',
      inStage(
        "T: {type: REST, input: {url: http://h/}, notifications: {webhook: [{event: SUCCESS, url: http://h/, payload: '▸${input.x}'}]}}",
      ),
      ['unknown-reference: ${input.x}: there is no input x (declare it under input:)'],
    ],
    [
      'two in one text',
      inStage(`T: ${rest("payload: 'a ▸${input.x} b ▸${input.y}'")}`),
      [
        'unknown-reference: ${input.x}: there is no input x (declare it under input:)',
        'unknown-reference: ${input.y}: there is no input y (declare it under input:)',
      ],
    ],
  ])
  table('warning', [
    [
      'a task that never runs',
      inStage(`▸${start}\nT: ${rest('payload: x')}`),
      ["never-runs: task 'Start' is in no taskOrder, so it never runs"],
    ],
    [
      'an output that there is not, where the run has ended',
      inStage(OK, '[T]', "output: {a: '▸${S.T.output.localKey}'}\n"),
      [
        'unknown-reference: ${S.T.output.localKey}: a REST task has no output localKey (there are: status, responseHeaders, responseBody, responseJson, responseCode)',
      ],
    ],
  ])
  it('a variable that is not given is one, where the variables are known', () => {
    const text = inStage(`T: ${rest("payload: '${var.TOKN}'")}`)
    const said = (variables?: string[]) =>
      checkFiles([{ file: 'p', text }], variables ? { variables } : {}).problems
    expect(said()).toEqual([])
    expect(said(['TOKEN'])[0]).toMatchObject({ rule: 'unknown-reference', hint: 'did you mean TOKEN?' })
  })
})

const inBlock = (payload: string) =>
  inStage(`T:\n  type: REST\n  input:\n    url: http://h/\n    payload: ${payload}`)

describe('bindings', () => {
  table('error', [
    ['not closed', inBlock('"a ▸${input.x"'), ['binding: a ${ that is not closed (close it with })']],
    ['empty', inBlock('"a ${▸}"'), ['binding: an empty ${} (name a path, as in ${input.name})']],
    [
      'with an operator',
      inBlock('"a ${a ▸|| b}"'),
      ['binding: ${a || b} is not a path (only a path stands inside ${}; write operators outside of it)'],
    ],
    [
      'in a plain scalar',
      inBlock('a ▸${input.x} b'),
      ['unknown-reference: ${input.x}: there is no input x (declare it under input:)'],
    ],
    [
      'in a single-quoted scalar',
      inBlock("'it''s ▸${input.x}'"),
      ['unknown-reference: ${input.x}: there is no input x (declare it under input:)'],
    ],
    [
      'in a double-quoted scalar with escapes',
      inBlock('"a\\tb ▸${input.x}"'),
      ['unknown-reference: ${input.x}: there is no input x (declare it under input:)'],
    ],
    [
      'in a block scalar',
      inBlock('|\n      {\n        "a": "▸${input.x}"\n      }'),
      ['unknown-reference: ${input.x}: there is no input x (declare it under input:)'],
    ],
    [
      'in a folded scalar',
      inBlock('>\n      first\n      second ▸${input.x}'),
      ['unknown-reference: ${input.x}: there is no input x (declare it under input:)'],
    ],
    [
      'in a plain scalar over lines',
      inBlock('first\n      second ▸${input.x}\n      third'),
      ['unknown-reference: ${input.x}: there is no input x (declare it under input:)'],
    ],
    [
      'folded inside',
      inBlock('first\n      second ▸${input.\n      x}'),
      ['unknown-reference: ${input. x}: there is no input x (declare it under input:)'],
    ],
    [
      'after an escaped one',
      inBlock("'\\${no} ▸${input.x}'"),
      ['unknown-reference: ${input.x}: there is no input x (declare it under input:)'],
    ],
    [
      'the second of two lines',
      inBlock('|\n      ${name}\n      ▸${input.x} ▸${input.y}'),
      [
        'unknown-reference: ${input.x}: there is no input x (declare it under input:)',
        'unknown-reference: ${input.y}: there is no input y (declare it under input:)',
      ],
    ],
    [
      'in JSON',
      `{"name": "P", "stageOrder": ["S"], "stages": {"S": {"taskOrder": ["T"], "tasks": {"T":\n{"type": "REST", "input": {"url": "http://h/", "payload": "{\\"a\\": \\"▸\${input.x}\\"}"}}}}}}`,
      ['unknown-reference: ${input.x}: there is no input x (declare it under input:)'],
    ],
  ])
})

describe('conditions', () => {
  table('error', [
    [
      '= for ==',
      inStage(`T: ${poll(`success: 'status ▸= "F"', ${failure}`)}`),
      ["condition: '=' does not compare (write ==)"],
    ],
    [
      'an unknown function',
      inStage(`T: ${poll(`success: 'a && status.▸startWith("F")', ${failure}`)}`),
      ["condition: unknown function 'startWith' (did you mean startsWith?)"],
    ],
    [
      'a bracket',
      inStage(`T: ${poll(`success: '▸(a', ${failure}`)}`),
      ["condition: a '(' that is not closed (close it with ))"],
    ],
    [
      'a quote',
      inStage(`T: ${poll(`success: 'a == ▸"F', ${failure}`)}`),
      ['condition: a quote that is not closed (close it with ")'],
    ],
    [
      'a number for a condition',
      inStage(`T: ${poll(`success: '▸1 + 2', ${failure}`)}`),
      ['condition: the condition gives a number, not true or false (compare it, as in progress >= 100)'],
    ],
    [
      'in a block',
      inStage(
        `T:\n  type: POLL\n  input:\n    url: http://h/\n    exitCriteria:\n      ${failure}\n      success: |\n        a == 1 &&\n        b ▸= 2`,
      ),
      ["condition: '=' does not compare (write ==)"],
    ],
    [
      'in a folded one',
      inStage(
        `T:\n  type: POLL\n  input:\n    url: http://h/\n    exitCriteria:\n      ${failure}\n      success: >\n        a == 1 &&\n        b ▸= 2`,
      ),
      ["condition: '=' does not compare (write ==)"],
    ],
    [
      'with a quote doubled before it',
      inStage(`T: ${poll(`success: 'a == "it''s" && b ▸= 2', ${failure}`)}`),
      ["condition: '=' does not compare (write ==)"],
    ],
    ['failure', inStage(`T: ${poll(`failure: 'a ▸= 1'`)}`), ["condition: '=' does not compare (write ==)"]],
    [
      'progress',
      inStage(`T: {type: POLL, input: {url: http://h/, progress: 'a ▸= 1', exitCriteria: {${failure}}}}`),
      ["condition: '=' does not compare (write ==)"],
    ],
    [
      'a precondition',
      inStage(
        `T: {type: REST, preCondition: '\${input.a} ▸= 1', input: {url: http://h/}}`,
        '[T]',
        'input: {a: x}\n',
      ),
      ["condition: '=' does not compare (write ==)"],
    ],
    [
      'a bare name in a precondition',
      inStage(`T: {type: REST, preCondition: '▸status == "A"', input: {url: http://h/}}`),
      [
        "condition: 'status' means nothing here: there is no response to look at (write what it looks at as ${Stage.Task.output.name} or ${input.name})",
      ],
    ],
    [
      'a bare responseCode in a precondition',
      inStage(`T: {type: REST, preCondition: '▸responseCode == 200', input: {url: http://h/}}`),
      [
        "condition: 'responseCode' means nothing here: there is no response to look at (write what it looks at as ${Stage.Task.output.name} or ${input.name})",
      ],
    ],
    [
      'a condition task',
      inStage(`T: {type: Condition, input: {condition: 'a ▸= 1'}}`),
      ["condition: '=' does not compare (write ==)"],
    ],
    [
      'a bare name in a condition task',
      inStage(`T: {type: Condition, input: {condition: '▸a == 1'}}`),
      [
        "condition: 'a' means nothing here: there is no response to look at (write what it looks at as ${Stage.Task.output.name} or ${input.name})",
      ],
    ],
    [
      'a binding in it that is not closed',
      inStage(`T: {type: Condition, input: {condition: 'true && ▸\${input.a'}}`),
      ['condition: a ${ that is not closed (close it with })'],
    ],
    [
      'an operator in its binding',
      inStage(`T: ${poll(`success: '\${a ▸|| b}', ${failure}`)}`),
      ['condition: ${a || b} is not a path (only a path stands inside ${}; write operators outside of it)'],
    ],
  ])
})

describe('lints', () => {
  table('warning', [
    [
      'no failure condition',
      inStage(`T: ${poll(`success: 'a == 1'`).replace('exitCriteria: {', 'exitCriteria: ▸{')}`),
      [
        'no-failure-condition: there is no failure condition: a job that failed is waited for until the count is used up (name the state of a failed job)',
      ],
    ],
    [
      'a complement',
      inStage(`T: ${poll(`success: 'a == 1', failure: ▸'a != 1'`)}`),
      [
        'complement: failure holds whenever success does not: the first answer that is still pending fails the job (name the state of a failed job, as in == "FAILED")',
      ],
    ],
    [
      'the same',
      inStage(`T: ${poll(`success: 'a == 1', failure: ▸'a == 1'`)}`),
      [
        'same-conditions: success and failure are the same: every job that succeeds is reported as failed (failure is asked first)',
      ],
    ],
    [
      'a count beyond the timeout',
      inStage(
        `T: {type: POLL, input: {url: http://h/, pollCount: 10, timeoutSeconds: ▸60, exitCriteria: {${failure}}}}`,
      ),
      [
        'count-beyond-timeout: 10 attempts every 60 s take 540 s, but timeoutSeconds is 60 (the time is over before the count is used up)',
      ],
    ],
    [
      'a header in clear',
      inStage(`T: ${rest('headers: {Authorization: ▸Bearer abc}')}`),
      [
        'secret-in-clear: header Authorization looks like a secret that is written in clear (make it a variable: ${var.NAME}, given by --var NAME=env:NAME)',
      ],
    ],
    [
      'an API key in clear',
      inStage(`T: ${rest('headers: {x-api-key: ▸abc}')}`),
      [
        'secret-in-clear: header x-api-key looks like a secret that is written in clear (make it a variable: ${var.NAME}, given by --var NAME=env:NAME)',
      ],
    ],
    [
      'a secret in the payload',
      inStage(`T: ${rest(`payload: ▸'{"password": "abc"}'`)}`),
      [
        'secret-in-clear: the payload looks like a secret that is written in clear (make it a variable: ${var.NAME}, given by --var NAME=env:NAME)',
      ],
    ],
    [
      'a secret input',
      inStage(OK, '[T]', 'input: {apiToken: ▸abc}\n'),
      [
        'secret-in-clear: input apiToken looks like a secret that is written in clear (make it a variable: ${var.NAME}, given by --var NAME=env:NAME)',
      ],
    ],
    [
      'email',
      inStage(OK, '[T]', 'notifications: {email: ▸[{to: [a]}]}\n'),
      [
        'not-sent: email notifications are kept in the file, and not sent from here (a webhook notification is sent)',
      ],
    ],
    [
      'jira',
      inStage(OK, '[T]', 'notifications: {jira: ▸[{a: b}]}\n'),
      [
        'not-sent: jira notifications are kept in the file, and not sent from here (a webhook notification is sent)',
      ],
    ],
    [
      'email of a task',
      inStage('T: {type: REST, input: {url: http://h/}, notifications: {email: ▸[{to: [a]}]}}'),
      [
        'not-sent: email notifications are kept in the file, and not sent from here (a webhook notification is sent)',
      ],
    ],
    [
      'what is no secret',
      inStage(
        `T: ${rest(`headers: {Authorization: 'Bearer \${var.T}', x-token: '\${var.T}'}, payload: '{"password": "\${var.P}", "token": ""}'`)}`,
        '[T]',
        "input: {token: '', passwordless: ''}\n",
      ),
      [],
    ],
    [
      'a count within the timeout',
      inStage(
        `T: {type: POLL, input: {url: http://h/, pollCount: 2, timeoutSeconds: 60, exitCriteria: {${failure}}}}`,
      ),
      [],
    ],
  ])
})

const calling = (name: string, target: string) =>
  `name: ${name}\nstageOrder: [S]\nstages: {S: {taskOrder: [T], tasks: {T: {type: Pipeline, input: {pipeline: ${target}}}}}}\n`

describe('pipelines that run others', () => {
  table('error', [
    ['themselves', calling('P', '▸P'), ["runs-itself: pipeline 'P' would run itself: P -> P"]],
    [
      'through others',
      `${calling('A', '▸B')}---\n${calling('B', '▸C')}---\n${calling('C', '▸A')}`,
      [
        "runs-itself: pipeline 'A' would run itself: A -> B -> C -> A",
        "runs-itself: pipeline 'B' would run itself: B -> C -> A -> B",
        "runs-itself: pipeline 'C' would run itself: C -> A -> B -> C",
      ],
    ],
    [
      'to roll back',
      inStage(OK, '[T]', 'rollbacks: [{stage: S, name: ▸P}]\n'),
      ["runs-itself: pipeline 'P' would run itself: P -> P"],
    ],
  ])
  table('warning', [
    [
      'that are not there',
      calling('P', '▸Q'),
      ["unknown-pipeline: there is no pipeline 'Q' in these files (it has to be there when this one is run)"],
    ],
    [
      'that are misspelt',
      `${calling('Release', '▸Logn')}---\n${inStage(OK).replace('name: P', 'name: Login')}`,
      ["unknown-pipeline: there is no pipeline 'Logn' in these files (did you mean Login?)"],
    ],
    ['twice', `${calling('A', 'P')}---\n${inStage(OK)}`, []],
  ])
})

describe('types that are not run here', () => {
  table('error', [
    [
      'SSH, whatever else is in it',
      inStage(
        `T: {type: ▸SSH, preCondition: 'true', input: {host: '\${input.host}', script: [a], pollCount: x}}`,
        '[T]',
        'input: {host: x}\n',
      ),
      [
        'unsupported-type: a task of type SSH is not run here (these are: POLL, REST, CONDITION, PIPELINE; docs/from-code-stream.md says what to use instead)',
      ],
    ],
    [
      '__proto__',
      inStage('T: {type: ▸__proto__}'),
      [
        'unsupported-type: a task of type __proto__ is not run here (these are: POLL, REST, CONDITION, PIPELINE; docs/from-code-stream.md says what to use instead)',
      ],
    ],
    [
      'a misspelt one',
      inStage('T: {type: ▸PLOL, input: {url: http://h/}}'),
      ['unsupported-type: a task of type PLOL is not run here (did you mean POLL?)'],
    ],
    [
      'two of them, and what refers to them',
      inStage(
        `A: {type: ▸Jenkins}\nB: {type: ▸UserOperation}\nT: ${rest("payload: '${S.A.output.any}'")}`,
        '[A, B, T]',
      ),
      [
        'unsupported-type: a task of type Jenkins is not run here (these are: POLL, REST, CONDITION, PIPELINE; docs/from-code-stream.md says what to use instead)',
        'unsupported-type: a task of type UserOperation is not run here (these are: POLL, REST, CONDITION, PIPELINE; docs/from-code-stream.md says what to use instead)',
      ],
    ],
  ])
})

describe('what is to be taken as it is', () => {
  table('warning', [
    ['CRLF', inStage(OK).replaceAll('\n', '\r\n'), []],
    [
      'CRLF, and a place in it',
      inStage(`T: ${rest('▸bdy: x')}`).replaceAll('\n', '\r\n'),
      [
        'unknown-key: bdy is no key that is known here; it is not used (there are: action, url, headers, payload, retry, idempotencyKey, requestTimeoutSeconds, maxBodyBytes)',
      ],
    ],
    ['a BOM', `\uFEFF${inStage(OK)}`, []],
    [
      'numbers and booleans as texts',
      inStage(
        `T: {type: poll, ignoreFailure: 'true', input: {url: http://h/, pollCount: '3', pollIntervalSeconds: '1.5', ignoreFailure: 'false', exitCriteria: {${failure}}}}`,
        '[T]',
        "enabled: 'true'\nconcurrency: '2'\n",
      ),
      [],
    ],
    [
      'pollCount 0 and empty conditions',
      inStage(
        `T: {type: POLL, input: {url: http://h/, pollCount: 0, exitCriteria: {success: '', ${failure}}}}`,
      ),
      [],
    ],
    [
      'null values',
      inStage(
        'T: {type: REST, preCondition:, ignoreFailure: null, input: {url: http://h/, payload: null, headers: }}',
        '[T]',
        'description:\ninput:\nrollbacks: ~\n',
      ),
      [],
    ],
    [
      'anchors, aliases and merge keys',
      inStage(
        `A: &a {type: REST, input: &i {url: http://h/}}\nB: *a\nT: {<<: *a, input: {<<: *i, payload: x}}`,
        "['A,B', T]",
      ),
      [],
    ],
    [
      'the dialect of the API',
      inStage(
        `T: {type: REST, _configured: true, endpoints: {}, tags: [], state: x, _outputMeta: {a: b}, input: {url: http://h/, _x: 1}}`,
        '[T]',
        'project: x\nicon: x\nstate: ENABLED\ntags: []\n_warnings: []\nglobal: false\nstarred: {}\n',
      ),
      [],
    ],
    [
      'names that are numbers',
      inStage(
        `1: {type: REST, input: {url: http://h/}}\n2: ${rest("payload: '${S.1.output.status}'")}`,
        '[1, 2]',
      ),
      [],
    ],
    [
      'names with spaces and hyphens',
      inStage(
        `My Task-1: {type: REST, input: {url: http://h/}}\nT: ${rest("payload: '${S.My Task-1.output.responseJson.a-b[0]}'")}`,
        "['My Task-1', T]",
      ),
      [],
    ],
    ['plain and escaped dollars', inStage(`T: ${rest(`payload: '$filter=$5 \\\${x}'`)}`), []],
    [
      'a document of another kind beside',
      `${inStage(OK)}---\nkind: ▸VARIABLE\nname: x\n`,
      [
        'kind: a document of kind VARIABLE is not read here; only kind: PIPELINE is (variables are given by --var and --var-file)',
      ],
    ],
    ['a document that is empty', `---\n${inStage(OK)}---\n`, []],
  ])
  table('error', [
    [
      '__proto__ as a task',
      inStage('▸__proto__: {type: REST, input: {url: http://h/}}', '[]'),
      ["name: '__proto__' cannot be used as a name"],
    ],
    [
      'constructor as an input',
      inStage(OK, '[T]', 'input: {▸constructor: x}\n'),
      ["name: 'constructor' cannot be used as a name"],
    ],
    [
      'constructor in a binding',
      inStage(`T: ${rest("payload: '▸${input.constructor}'")}`, '[T]', 'input: {a: b}\n'),
      ['unknown-reference: ${input.constructor}: there is no input constructor (there are: a)'],
    ],
    [
      'constructor as a task in a binding',
      inStage(`T: ${rest("payload: '▸${S.constructor.output.status}'")}`),
      ['unknown-reference: ${S.constructor.output.status}: stage S has no task constructor (there are: T)'],
    ],
    [
      'an alias within its own anchor',
      inStage('T: &t {type: REST, input: {url: http://h/, headers: ▸*t}}'),
      ['syntax: *t would hold itself'],
    ],
  ])
})
