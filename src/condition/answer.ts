/** What an expression gave: a CEL value, or why it gave none. */
export type Answer =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'none'; readonly why: string }
  | { readonly kind: 'error'; readonly message: string }
