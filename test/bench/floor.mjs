/**
 * The floors: code written out for one definition, as nobody could write it by hand for each. They are what the others
 * are divided by.
 */

/** Visible ASCII with inner blanks: the least that must hold before a text goes into a header. */
const FIELD_VALUE = /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/
/** A control, a blank, a backslash, or a `.` or `..` segment in any spelling. */
const ODD = /[\x00-\x20\x7f-\xa0\\]|(?:\/|%(?:25)*(?:2f|5c))(?:\.|%(?:25)*2e){1,2}(?=$|[/;?#]|%(?:25)*(?:2f|5c|3b))/i

/** A typed token check for each requirement, then a literal list of mutations. */
export function floorResolve(definition) {
  return write('tokens', [...branches(definition, (_, list) => `return ${list}`), 'return null'])
}

/** The same with header values checked and a result object: the least that a safe library can do. */
export function checkedFloorResolve(definition) {
  const body = branches(definition, (option, list, index) => {
    const headers = Object.entries(option.requirements).filter(([, requirement]) => carrierOf(requirement).header)
    const checks = headers.map(
      ([name]) => `if (!FIELD_VALUE.test(${read(name)})) return { ok: false, name: '${name}' }`,
    )
    const result = `return { ok: true, outcome: 'authenticated', optionIndex: ${index}, mutations: ${list} }`
    return [...checks, result].join('\n')
  })
  return write('tokens', [...body, `return { ok: false, outcome: 'unsatisfied' }`], { FIELD_VALUE })
}

/** A literal of the headers and one appended text, everything else prepared. */
export function floorApply(definition, tokens, headerNames) {
  return write('request', [literalRequest(definition, tokens, headerNames)])
}

/** The same after a look at the URL: the right place in one comparison if nothing in it is remarkable. */
export function checkedFloorApply(definition, tokens, headerNames) {
  const place = definition.http.baseUrlPattern.split('{')[0]
  const PLAIN = new RegExp(`^${place.replace(/[./]/g, '\\$&')}[!$&-\\-/0-9:;=?@A-Z_a-z~#]*$`)
  const check = `if (!PLAIN.test(request.url) && (!request.url.startsWith('${place}') || ODD.test(request.url))) throw 0`
  return write('request', [check, literalRequest(definition, tokens, headerNames)], { PLAIN, ODD })
}

function branches(definition, answer) {
  return definition.requirements.httpSecurityOptions.options.map((option, index) => {
    const entries = Object.entries(option.requirements)
    const test = entries.map(([name]) => `typeof ${read(name)} === 'string' && ${read(name)} !== ''`).join(' && ')
    const mutations = entries.map(([name, requirement]) => {
      const { header, name: place, prefix } = carrierOf(requirement)
      const value = prefix === '' ? read(name) : `'${prefix}' + ${read(name)}`
      return `{ kind: '${header ? 'header' : 'query'}', name: '${place}', value: ${value} }`
    })
    return `if (${test}) { ${answer(option, `[${mutations.join(', ')}]`, index)} }`
  })
}

function read(name) {
  return `tokens.${name}`
}

function literalRequest(definition, tokens, headerNames) {
  const kept = headerNames.map((name) => `'${name}': request.headers['${name}']`)
  const pairs = []
  for (const [name, requirement] of Object.entries(
    definition.requirements.httpSecurityOptions.options[0].requirements,
  )) {
    const { header, name: place, prefix } = carrierOf(requirement)
    if (header) kept.push(`'${place}': '${prefix}${tokens[name]}'`)
    else pairs.push(`&${place}=${encodeURIComponent(tokens[name])}`)
  }
  return `return { method: request.method, url: request.url + '${pairs.join('')}', headers: { ${kept.join(', ')} } }`
}

function carrierOf(requirement) {
  if ('queryApiKey' in requirement) return { header: false, name: requirement.queryApiKey.name, prefix: '' }
  if ('headerApiKey' in requirement) return { header: true, name: requirement.headerApiKey.name, prefix: '' }
  return { header: true, name: 'Authorization', prefix: `${requirement.httpAuth.scheme} ` }
}

/** Definitions come from this folder only, so that their names need no escaping. */
function write(parameter, statements, scope = {}) {
  const code = `return function (${parameter}) {\n${statements.join('\n')}\n}`
  return new Function(...Object.keys(scope), code)(...Object.values(scope))
}
