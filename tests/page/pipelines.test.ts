import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openPage } from './open-page.ts'

const at = openPage()
const { button, seen } = at

const ROLLBACK = readFileSync(new URL('../../examples/rollback.yaml', import.meta.url), 'utf8')

const small = (name: string, more = '') =>
  `kind: PIPELINE
name: ${name}
${more}stageOrder: [Only]
stages:
  Only:
    taskOrder: [Yes]
    tasks:
      "Yes":
        type: Condition
        input: { condition: "true" }
`

async function keep(name: string, text: string): Promise<void> {
  const response = await fetch(`${at.server.url}/api/v1/pipelines/${encodeURIComponent(name)}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/yaml' },
    body: text,
  })
  expect(response.status, await response.text()).toBeLessThan(300)
}

/** Pastes a text over all that is in the editor. */
async function write(text: string): Promise<void> {
  await at.page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`)
  await at.page.locator('.cm-content').click()
  await at.page.keyboard.press('Control+a')
  await at.page.keyboard.press('Control+v')
}

const row = (name: string) =>
  at.page.getByRole('row').filter({ has: at.page.getByRole('link', { name, exact: true }) })

describe('files that are dropped', () => {
  it('are kept, several pipelines of one file as well; of what is wrong its line is said', async () => {
    const { page, server } = at
    await page.goto(`${server.url}/pipelines`)
    await button('Import files…').waitFor()
    const files = [
      { name: 'rollback.yaml', text: ROLLBACK },
      { name: 'wrong.yaml', text: small('Wrong').replace('[Yes]', '[No]') },
      { name: 'one.json', text: JSON.stringify({ kind: 'PIPELINE', name: 'J', stageOrder: [], stages: {} }) },
    ]
    await page.evaluate(`
      const dataTransfer = new DataTransfer()
      for (const { name, text } of ${JSON.stringify(files)}) dataTransfer.items.add(new File([text], name))
      const drop = document.querySelector('.drop')
      drop.dispatchEvent(new DragEvent('dragover', { dataTransfer, bubbles: true, cancelable: true }))
      drop.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }))
    `)
    const outcome = (file: string) => page.locator('.imported').filter({ hasText: file })
    await outcome('rollback.yaml').filter({ hasText: '2 pipelines kept' }).waitFor()
    await outcome('wrong.yaml')
      .filter({ hasText: 'Nothing of it is kept' })
      .filter({ hasText: 'line 6' })
      .waitFor()
    await row('Release').waitFor()
    await row('Undo release').waitFor()
    expect(await row('Wrong').count()).toBe(0)
    await at.expectSound()
  })

  it('can be chosen as well', async () => {
    const { page, server } = at
    await page.goto(`${server.url}/pipelines`)
    await page.getByLabel('Files of pipelines').setInputFiles({
      name: 'chosen.yaml',
      mimeType: 'application/yaml',
      buffer: Buffer.from(small('Chosen', 'description: by hand\n')),
    })
    await row('Chosen').filter({ hasText: 'by hand' }).filter({ hasText: 'never run' }).waitFor()
  })
})

describe('the editor', () => {
  it('begins with a pipeline that is valid, says what is wrong at its line as one types, and keeps it', async () => {
    const { page, server } = at
    await page.goto(`${server.url}/pipelines`)
    await button('New pipeline').click()
    await seen('nothing is wrong with it')
    await write(small('Typed').replace('type: Condition', 'type: Conditon'))
    await seen('1 error')
    await page.locator('.problems').filter({ hasText: 'line 9' }).filter({ hasText: 'Conditon' }).waitFor()
    expect(await button('Save').isDisabled()).toBe(true)
    await page.locator('.cm-lint-marker-error').waitFor()
    await at.expectSound()
    await write(small('Typed', 'description: by hand\n'))
    await seen('nothing is wrong with it')
    await button('Save').click()
    await page.getByRole('heading', { level: 1, name: 'Typed' }).waitFor()
    await page.locator('[data-task="Only.Yes"]').waitFor()
  })

  it('offers keys, values and bindings', async () => {
    const { page, server } = at
    await page.goto(`${server.url}/pipelines`)
    await button('New pipeline').click()
    const options = page.locator('.cm-tooltip-autocomplete li')
    await write(small('Offered', 'input:\n  first: a\n'))
    await page.keyboard.press('Enter')
    await page.keyboard.type('rollb')
    await options.filter({ hasText: 'rollbacks' }).click()
    await page.keyboard.press('Enter')
    await page.keyboard.type('  - sta')
    await options.filter({ hasText: 'stage' }).click()
    await page.locator('.cm-line').filter({ hasText: '- stage:' }).waitFor()
    await write(small('Offered', 'input:\n  first: a\noutput:\n  all: '))
    await page.keyboard.press('Control+Home')
    for (let line = 0; line < 5; line++) await page.keyboard.press('ArrowDown')
    await page.keyboard.press('End')
    await page.keyboard.type('$')
    await page.keyboard.type('{')
    await options.filter({ hasText: 'input.first' }).waitFor()
    await page.keyboard.type('Only.Yes.st')
    await options.filter({ hasText: 'Only.Yes.status' }).click()
    await page.locator('.cm-line').filter({ hasText: '${Only.Yes.status}' }).waitFor()
  })

  it('draws what is typed, and does not undo what somebody else has saved', async () => {
    const { page, server } = at
    await keep('Shared', small('Shared'))
    await page.goto(`${server.url}/pipelines/Shared`)
    await button('Edit the YAML').click()
    await write(small('Shared').replaceAll('Only', 'Drawn'))
    await page.locator('[data-task="Drawn.Yes"]').waitFor()
    await keep('Shared', small('Shared', 'description: theirs\n'))
    await button('Save').click()
    await seen('It has been changed by somebody else')
    await button('Save mine all the same').click()
    await page.getByRole('alert').waitFor({ state: 'detached' })
    await page.reload()
    await page.locator('[data-task="Drawn.Yes"]').waitFor()
    await keep('Taken', small('Taken', 'description: theirs\n'))
    await button('Edit the YAML').click()
    await write(small('Taken'))
    await button('Save as Taken').click()
    await seen('There is a pipeline of this name already.')
    const taken = await fetch(`${server.url}/api/v1/pipelines/Taken`)
    expect(await taken.json()).toMatchObject({ description: 'theirs' })
  })

  it('goes to a task that is chosen in the picture, which the arrow keys walk', async () => {
    const { page, server } = at
    await keep(
      'Walked',
      readFileSync(new URL('../../examples/deployment.yaml', import.meta.url), 'utf8').replace(
        'name: Deployment',
        'name: Walked',
      ),
    )
    await page.goto(`${server.url}/pipelines/Walked`)
    await page.locator('[data-task="Start.Web"]').focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    expect(await page.evaluate('document.activeElement.dataset.task')).toBe('Wait.Web')
    await page.keyboard.press('End')
    await page.keyboard.press('Enter')
    await page.locator('.cm-activeLine').filter({ hasText: 'Tell:' }).waitFor()
  })

  it('is for reading where the caller may not write', async () => {
    const { page, server } = at
    await keep('Read', small('Read'))
    await page.route('**/api/v1/me', (route) => route.fulfill({ json: { name: 'looker', role: 'viewer' } }))
    await page.goto(`${server.url}/pipelines/Read`)
    await button('Show the YAML').click()
    await page.locator('.cm-content').waitFor()
    for (const name of ['Save', 'Run…', 'Delete']) expect(await button(name).count()).toBe(0)
    await page.getByRole('link', { name: 'Pipelines' }).first().click()
    await row('Read').waitFor()
    for (const name of ['New pipeline', 'Import files…', 'Run Read'])
      expect(await button(name).count()).toBe(0)
  })
})

it('deletes a pipeline only when asked twice', async () => {
  const { page, server } = at
  await keep('Gone', small('Gone'))
  await page.goto(`${server.url}/pipelines/Gone`)
  await button('Delete').click()
  await button('Yes, delete it').click()
  await page.getByRole('heading', { name: 'Pipelines' }).waitFor()
  await row('Read').waitFor()
  expect(await row('Gone').count()).toBe(0)
})

it('keeps what is typed when the pipeline is changed elsewhere meanwhile', async () => {
  const { page, server } = at
  await keep('Meanwhile', small('Meanwhile'))
  await page.goto(`${server.url}/pipelines/Meanwhile`)
  await button('Edit the YAML').click()
  await write(small('Meanwhile', 'description: mine\n'))
  await keep('Meanwhile', small('Meanwhile', 'description: theirs\n'))
  const read = page.waitForResponse(/pipelines\/Meanwhile$/)
  await page.evaluate("window.dispatchEvent(new Event('visibilitychange'))")
  await read
  await seen('theirs')
  await page.locator('.cm-line').filter({ hasText: 'description: mine' }).waitFor()
  await button('Save').click()
  await seen('It has been changed by somebody else')
})
