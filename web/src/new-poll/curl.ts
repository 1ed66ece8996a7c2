import { type Draft, headerRow } from './draft.ts'

const JSON_HEADERS = ['Content-Type', 'Accept']
const DATA = /^(-d|--data|--data-raw|--data-ascii|--data-binary|--json)$/

/** Flags whose value says nothing of a poll. */
const VALUED =
  /^(-o|--output|-m|--max-time|--connect-timeout|--retry(-\S+)?|-w|--write-out|-x|--proxy|--cacert|-E|--cert|--key|-c|--cookie-jar|-e|--referer|--resolve|--limit-rate|-K|--config|-T|--upload-file|-F|--form)$/

/** What a curl command says, for the form; null where the text is none. */
export function draftOfCurl(text: string): Partial<Draft> | null {
  const words = wordsOf(text.replace(/\\\r?\n/g, ' '))
  if (words[0] !== 'curl') return null
  let [url, method, payload] = ['', '', '']
  const headers = []
  for (let i = 1; i < words.length; i++) {
    const [flag, value] = split(words[i] as string)
    const next = () => value ?? words[++i] ?? ''
    if (VALUED.test(flag)) next()
    else if (flag === '-X' || flag === '--request') method = next()
    else if (flag === '-H' || flag === '--header') headers.push(header(next()))
    else if (DATA.test(flag)) {
      payload += (payload === '' ? '' : '&') + next()
      if (flag === '--json') headers.push(...JSON_HEADERS.map((name) => headerRow(name, 'application/json')))
    } else if (flag === '-A' || flag === '--user-agent') headers.push(headerRow('User-Agent', next()))
    else if (flag === '-b' || flag === '--cookie') headers.push(headerRow('Cookie', next()))
    else if (flag === '-u' || flag === '--user')
      headers.push(headerRow('Authorization', `Basic ${base64(next())}`))
    else if (flag === '--url') url = next()
    else if (/^https?:\/\//i.test(flag) || (!flag.startsWith('-') && url === '')) url = words[i] as string
  }
  if (url !== '' && !/^[a-z][a-z0-9+.-]*:\/\//i.test(url)) url = `http://${url}`
  return {
    url,
    method: method || (payload === '' ? '' : 'POST'),
    payload,
    ...(headers.length > 0 && { headers }),
  }
}

/** `--flag=value` and `-Hvalue` hold their value themselves. */
function split(word: string): [string, string | undefined] {
  const [, long, value] = /^(--[a-z-]+)=(.*)$/s.exec(word) ?? []
  if (long !== undefined) return [long, value]
  return /^-[XHduAb]./.test(word) ? [word.slice(0, 2), word.slice(2)] : [word, undefined]
}

function header(text: string) {
  const colon = text.indexOf(':')
  return colon < 0 ? headerRow(text) : headerRow(text.slice(0, colon).trim(), text.slice(colon + 1).trim())
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)))
}

/** Words as a POSIX shell divides them. */
function wordsOf(text: string): string[] {
  const words: string[] = []
  for (const [part] of text.trim().matchAll(/(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\])+/gs)) {
    words.push(
      part.replace(/'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/gs, (_, single, double, escaped) =>
        single !== undefined ? single : double !== undefined ? double.replace(/\\(["\\$`])/g, '$1') : escaped,
      ),
    )
  }
  return words
}
