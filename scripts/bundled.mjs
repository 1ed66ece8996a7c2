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
    // Packages of CommonJS ask for Node's own modules by it.
    banner: {
      js: `import { createRequire } from 'node:module'; const require = createRequire(${JSON.stringify(import.meta.url)});`,
    },
  })
  return import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`)
}
