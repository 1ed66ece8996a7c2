// Preloaded into a run of the command: when it ends, the code of the packs is written where BIDE_RECORD says.

const { writeFileSync } = require('node:fs')
const vm = require('node:vm')

const scripts = new Map()

vm.Script = class extends vm.Script {
  constructor(source, options) {
    super(source, options)
    scripts.set(options.filename, this)
  }
}

process.on('exit', () => {
  for (const file of JSON.parse(process.env.BIDE_RECORD)) {
    const script = scripts.get(file.replace(/-[^/]*\.bin$/, '.js'))
    if (script === undefined) throw new Error(`nothing was compiled for ${file}`)
    writeFileSync(file, script.createCachedData())
  }
})
