// Preloaded into a run of the command: writes what the run has read of its own files to the file BIDE_LOADED.
const fs = require('node:fs')
const { dirname, relative } = require('node:path')
const vm = require('node:vm')

const root = dirname(process.argv[1])
const { readFileSync } = fs
const files = []
const rejected = []

fs.readFileSync = (path, ...rest) => {
  const content = readFileSync(path, ...rest)
  if (String(path).startsWith(`${root}/`)) files.push(relative(root, path))
  return content
}

vm.Script = class extends vm.Script {
  constructor(source, options) {
    super(source, options)
    if (this.cachedDataRejected) rejected.push(relative(root, options.filename))
  }
}

process.on('exit', () => fs.writeFileSync(process.env.BIDE_LOADED, JSON.stringify({ files, rejected })))
