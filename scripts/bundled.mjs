import { build } from 'esbuild'

/** A module of TypeScript, for a script that runs on a Node that does not read it. */
export async function bundled(entryPoint) {
  const { outputFiles } = await build({
    absWorkingDir: new URL('..', import.meta.url).pathname,
    entryPoints: [entryPoint],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
  })
  return import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`)
}
