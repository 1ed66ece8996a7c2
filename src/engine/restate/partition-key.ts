/**
 * The number by which Restate puts the state of an object in order: XXH3 with 64 bits of its key and a byte behind it. A
 * query that has it reads that object alone; without it Restate looks through the whole partition. Null for a key whose
 * length is not that of our ids.
 */
export function partitionKeyOf(id: string): bigint | null {
  const input = Buffer.concat([Buffer.from(id), Buffer.from([0xff])])
  const { length } = input
  if (length <= 32 || length > 64) return null
  const mixed = (at: number, secret: number) =>
    folded(
      input.readBigUInt64LE(at) ^ SECRET.readBigUInt64LE(secret),
      input.readBigUInt64LE(at + 8) ^ SECRET.readBigUInt64LE(secret + 8),
    )
  const parts = [mixed(16, 32), mixed(length - 32, 48), mixed(0, 0), mixed(length - 16, 16)]
  return avalanche(parts.reduce((sum, part) => sum + part, BigInt(length) * PRIME) & BITS_64)
}

/** The first of the secret that XXH3 comes with. */
const SECRET = Buffer.from(
  'b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221b8084674f743248ee03590e6813a264c',
  'hex',
)
const PRIME = 0x9e3779b185ebca87n
const BITS_64 = 0xffff_ffff_ffff_ffffn

function folded(one: bigint, other: bigint): bigint {
  const product = one * other
  return (product & BITS_64) ^ (product >> 64n)
}

function avalanche(hash: bigint): bigint {
  const mixed = ((hash ^ (hash >> 37n)) * 0x165667919e3779f9n) & BITS_64
  return mixed ^ (mixed >> 32n)
}
