import type * as Sdk from '@restatedev/restate-sdk'

export type RestateSdk = typeof Sdk

/** The SDK, loaded when it is needed: it is 2 MB, and of use to a worker alone. */
export async function loadRestateSdk(): Promise<RestateSdk> {
  withResolvers()
  return import('@restatedev/restate-sdk')
}

/** Node 20 has no `Promise.withResolvers`, and without it the SDK fails at every invocation. */
function withResolvers(): void {
  const platform = Promise as unknown as { withResolvers?: unknown }
  platform.withResolvers ??= function (this: PromiseConstructor) {
    let resolve: unknown
    let reject: unknown
    const promise = new this((...both) => {
      resolve = both[0]
      reject = both[1]
    })
    return { promise, resolve, reject }
  }
}
