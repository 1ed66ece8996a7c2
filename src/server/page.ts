import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

/** Answers what a browser asks for; null where the page has nothing of that name. */
export type Page = (path: string, request: Request) => Response | null

/** Nothing but what is served here is loaded, run or asked, and nobody may frame it. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ')

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

interface Asset {
  readonly type: string
  readonly bytes: Uint8Array<ArrayBuffer>
  gzipped: Uint8Array<ArrayBuffer> | null
}

/** The page as it was built, read once; null where this build has none. */
export function readPage(folder: string | null = pageFolder()): Page | null {
  if (folder === null) return null
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile())
  const assets = new Map<string, Asset>()
  for (const { parentPath, name } of files) {
    const path = join(parentPath, name)
    const type = TYPES[extname(name)]
    if (type === undefined) continue
    const bytes = new Uint8Array(readFileSync(path))
    assets.set(`/${relative(folder, path)}`, { type, bytes, gzipped: null })
  }
  const index = assets.get('/index.html')
  return (path, request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return null
    const asset = assets.get(path) ?? (isView(path) ? index : undefined)
    return asset === undefined ? null : answer(asset, request, path.startsWith('/assets/'))
  }
}

/** What the page shows under an address of its own. */
function isView(path: string): boolean {
  return /^\/(new|health|variables|tokens|pipelines(\/[^/]+)?|(polls|executions)\/[^/.]+)?$/.test(path)
}

function answer(asset: Asset, request: Request, isNamedByContent: boolean): Response {
  const gzips = /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '')
  if (gzips) asset.gzipped ??= new Uint8Array(gzipSync(asset.bytes))
  return new Response(request.method === 'HEAD' ? null : gzips ? asset.gzipped : asset.bytes, {
    headers: {
      'content-type': asset.type,
      'cache-control': isNamedByContent ? 'public, max-age=31536000, immutable' : 'no-cache',
      'content-security-policy': POLICY,
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      vary: 'accept-encoding',
      ...(gzips && { 'content-encoding': 'gzip' }),
    },
  })
}

/** Beside the bundle (`dist/web`), however deep in it this code has come to lie. */
function pageFolder(): string | null {
  let folder = dirname(fileURLToPath(import.meta.url))
  for (let depth = 0; depth < 4; depth++, folder = dirname(folder)) {
    const found = [join(folder, 'web'), join(folder, 'dist/web')].find(isBuiltPage)
    if (found !== undefined) return found
  }
  return null
}

function isBuiltPage(folder: string): boolean {
  return existsSync(join(folder, 'index.html')) && existsSync(join(folder, 'assets'))
}
