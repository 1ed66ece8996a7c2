import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { BideError } from '../core/errors.ts'

const KEY_BYTES = 32

/**
 * The key under which secrets are kept, 64 hex digits in a file.
 *
 * @param make Where there is no file, one is made that only its owner can read.
 * @throws BideError where it cannot be read, or is no key.
 */
export function readKey(path: string, { make }: { make: boolean }): Uint8Array {
  try {
    return parseKey(readFileSync(path, 'utf8'), `the key file ${path}`)
  } catch (cause) {
    if (cause instanceof BideError) throw cause
    if (make && (cause as NodeJS.ErrnoException).code === 'ENOENT') return makeKey(path)
    throw new BideError('store', `the key file ${path} cannot be read: ${(cause as Error).message}`, {
      cause,
    })
  }
}

/** @throws BideError where it is none; `where` says what should hold one. */
export function parseKey(text: string, where: string): Uint8Array {
  if (!/^[0-9a-f]{64}\s*$/i.test(text))
    throw new BideError('store', `${where} does not hold 64 hex digits`, {
      hint: 'as made by: openssl rand -hex 32',
    })
  return Buffer.from(text.trim(), 'hex')
}

/** On the disk before anything is encrypted with it: what is under a lost key is lost. */
export function makeKey(path: string): Uint8Array {
  const key = randomBytes(KEY_BYTES)
  const file = openSync(path, 'wx', 0o600)
  writeSync(file, `${key.toString('hex')}\n`)
  fsyncSync(file)
  closeSync(file)
  syncFolderOf(path)
  return key
}

/** Where the key that is to replace one stands until it does. */
export function nextKeyFile(path: string): string {
  return `${path}.new`
}

/** A file that was made or renamed is there after a crash only once its folder is on the disk. */
export function syncFolderOf(path: string): void {
  const folder = openSync(dirname(path), 'r')
  fsyncSync(folder)
  closeSync(folder)
}
