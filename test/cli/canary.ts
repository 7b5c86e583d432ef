/** Every form in which a secret could show: as it is, percent-encoded, base64 at each offset, hex, JSON-escaped. */
export function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, 'utf8')
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      // The characters at both ends depend on what stands around the secret.
      .slice(shift === 0 ? 0 : 4, -4),
  )
  return [
    ...windows(secret),
    encodeURIComponent(secret),
    encodeURIComponent(secret).toLowerCase(),
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    JSON.stringify(secret).slice(1, -1),
    [...secret].map((character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  ]
}

/** Every stretch of five characters: a message that quotes a part of a secret has leaked it too. */
function windows(secret: string): readonly string[] {
  return Array.from({ length: secret.length - 4 }, (_, start) => secret.slice(start, start + 5))
}

/** The forms of a secret that a text holds. */
export function leaksIn(text: string, secret: string): readonly string[] {
  return formsOf(secret).filter((form) => text.includes(form))
}
