import type { Expr } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js'

const NUMBER_CALLS = new Set([
  '_+_',
  '_-_',
  '_*_',
  '_/_',
  '_%_',
  '-_',
  'size',
  'int',
  'uint',
  'double',
  'indexOf',
])
const TEXT_CALLS = new Set(['string', 'lowerAscii', 'upperAscii', 'trim', 'substring', 'charAt'])

/** What an expression gives where that is plain from its outermost part and no truth value; else null. */
export function plainlyNotBoolean(expr: Expr): string | null {
  const { exprKind } = expr
  switch (exprKind.case) {
    case 'constExpr': {
      const { case: kind } = exprKind.value.constantKind
      if (kind === 'boolValue') return null
      return kind === 'stringValue' ? 'a text' : kind === 'nullValue' ? 'null' : 'a number'
    }
    case 'listExpr':
      return 'a list'
    case 'structExpr':
      return 'a map'
    case 'callExpr': {
      const { function: name, args } = exprKind.value
      if (name === '_+_' && args.some((arg) => plainlyNotBoolean(arg) === 'a text')) return 'a text'
      return NUMBER_CALLS.has(name) ? 'a number' : TEXT_CALLS.has(name) ? 'a text' : null
    }
    default:
      return null
  }
}
