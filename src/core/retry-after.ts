const IMF_FIXDATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/
const RFC_850 = /^[A-Z][a-z]+day, (\d{2})-([A-Z][a-z]{2})-(\d{2}) (\d{2}:\d{2}:\d{2}) GMT$/
const ASCTIME = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([ \d]\d) (\d{2}:\d{2}:\d{2}) (\d{4})$/

/**
 * The pause in milliseconds that a response asks for by `Retry-After`, or null where there is none that is valid
 * and lies ahead. A date is taken against the response's own `Date`, so that clocks that differ do no harm.
 * Source: RFC 9110, 10.2.3 and 5.6.7.
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>, now: number): number | null {
  const value = headers['retry-after']?.trim()
  if (value === undefined) return null
  if (/^\d+$/.test(value)) {
    const ms = Number(value) * 1000
    return ms > 0 && Number.isSafeInteger(ms) ? ms : null
  }
  const at = parseHttpDate(value, now)
  if (at === null) return null
  const serverNow = parseHttpDate(headers.date?.trim() ?? '', now) ?? now
  return at > serverNow ? at - serverNow : null
}

/** Epoch milliseconds of any of the three HTTP date forms, else null. */
export function parseHttpDate(text: string, now: number): number | null {
  if (IMF_FIXDATE.test(text)) return validTime(Date.parse(text))
  const rfc850 = RFC_850.exec(text)
  if (rfc850) {
    const [, day, month, shortYear, time] = rfc850
    return validTime(Date.parse(`${day} ${month} ${fullYear(Number(shortYear), now)} ${time} GMT`))
  }
  const asctime = ASCTIME.exec(text)
  if (asctime)
    return validTime(Date.parse(`${asctime[2]?.trim()} ${asctime[1]} ${asctime[4]} ${asctime[3]} GMT`))
  return null
}

/** A two-digit year that would lie more than 50 years ahead is in the past (RFC 9110, 5.6.7). */
function fullYear(shortYear: number, now: number): number {
  const thisYear = new Date(now).getUTCFullYear()
  const year = thisYear - (thisYear % 100) + shortYear
  return year > thisYear + 50 ? year - 100 : year
}

function validTime(at: number): number | null {
  return Number.isNaN(at) ? null : at
}
