/** Filled in when the package is built. */
declare const BIDE_VERSION: string | undefined

/** The version of bide, `0.0.0-dev` when run from its sources. */
export const VERSION = typeof BIDE_VERSION === 'string' ? BIDE_VERSION : '0.0.0-dev'
