import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomFillSync,
} from 'node:crypto'
import { BideError } from '../../core/errors.ts'

/** Encrypts what a store keeps, so that a file that gets away tells no secret. */
export interface Sealer {
  /** `place` says whose it is: a sealed text that is put elsewhere does not open. */
  seal(text: string, place: string): Uint8Array
  /** The same bytes for the same text at the same place: for who compares them, and may learn that much. */
  sealSame(text: string, place: string): Uint8Array
  /** @throws BideError where the key does not fit, or the bytes were changed. */
  open(sealed: Uint8Array, place: string): string
  /** The same for the same text, and tells nothing of it to who has no key. */
  digest(text: string): string
}

const FORMAT = 1
const FORMAT_BYTES = Buffer.from([FORMAT])
const IV_BYTES = 12
const TAG_BYTES = 16

/**
 * AES-256-GCM. `key` is 32 bytes; the keys that are used are derived from it. Digests that are to outlive the key need
 * one of their own.
 */
export function createSealer(key: Uint8Array, digestKey: Uint8Array | null = null): Sealer {
  const derived = (use: string) =>
    createSecretKey(Buffer.from(hkdfSync('sha256', key, '', `bide ${use}`, 32)))
  const nextIv = ivs()
  const sealing = derived('seal')
  const digesting = digestKey === null ? derived('digest') : createSecretKey(digestKey)
  const naming = derived('same')
  const sealWith = (iv: Uint8Array, text: string, place: string) => {
    const cipher = createCipheriv('aes-256-gcm', sealing, iv).setAAD(Buffer.from(place))
    const body = cipher.update(text, 'utf8')
    cipher.final()
    return joined([FORMAT_BYTES, iv, cipher.getAuthTag(), body])
  }
  return {
    seal: (text, place) => sealWith(nextIv(), text, place),
    sealSame(text, place) {
      const name = createHmac('sha256', naming).update(`${place.length} ${place}`).update(text)
      return sealWith(name.digest().subarray(0, IV_BYTES), text, place)
    },
    open(sealed, place) {
      try {
        const bytes = Buffer.from(sealed)
        if (bytes[0] !== FORMAT) throw new Error(`format ${bytes[0]}`)
        const head = 1 + IV_BYTES + TAG_BYTES
        const decipher = createDecipheriv('aes-256-gcm', sealing, bytes.subarray(1, 1 + IV_BYTES), {
          authTagLength: TAG_BYTES,
        })
        decipher.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(1 + IV_BYTES, head))
        return decipher.update(bytes.subarray(head), undefined, 'utf8') + decipher.final('utf8')
      } catch (cause) {
        throw new BideError('store', 'what is kept cannot be decrypted: the key is another one', {
          cause,
          hint: 'start with the key file that the data was written with',
        })
      }
    },
    digest: (text) => createHmac('sha256', digesting).update(text).digest('hex'),
  }
}

/** In memory of its own: a message to another thread takes the whole memory along that a part of it lies in. */
function joined(parts: readonly Uint8Array[]): Buffer {
  const whole = Buffer.allocUnsafeSlow(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** Random bytes are cheap in bulk, and dear in dozens. Each part is given out once, and good until the next. */
function ivs(): () => Buffer {
  const pool = Buffer.alloc(IV_BYTES * 1024)
  let used = pool.length
  return () => {
    if (used === pool.length) {
      randomFillSync(pool)
      used = 0
    }
    used += IV_BYTES
    return pool.subarray(used - IV_BYTES, used)
  }
}
