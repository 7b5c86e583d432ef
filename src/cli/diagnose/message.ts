import {
  type DebugRequest,
  type Hypothesis,
  headerEntry,
  type Subject,
  type Variation,
  withHeader,
  withRequest,
} from './subject.ts'

const METHODS = ['POST', 'GET', 'PUT', 'PATCH', 'DELETE']

/** What befalls method and headers. @internal */
export const MESSAGE_HYPOTHESES: readonly Hypothesis[] = [
  {
    name: 'headerName',
    group: 'header',
    text: 'what the form looks for stands under another header name',
    help: 'set the names in `headers` of the form to those that the sender uses',
    vary: renameVariations,
  },
  {
    name: 'headerTwice',
    group: 'header',
    text: 'a header stands twice, and one of the two is right',
    help: 'find out what adds the other: nothing says which of them counts, so both are refused',
    vary: (subject) =>
      formHeaders(subject).flatMap(({ name, values }) =>
        values.length < 2
          ? []
          : values.map((value, index) => ({
              subject: withHeader(subject, name, value),
              detail: `value ${index + 1} of \`${name}\``,
            })),
      ),
  },
  {
    name: 'headerSpaces',
    group: 'header',
    text: 'white space or quotes stand around the value of a header',
    help: 'remove what adds them; the value is read as it is',
    vary: (subject) => [
      {
        subject: formHeaders(subject).reduce(
          (changed, { name, values }) => withHeader(changed, name, values.map(unquote)),
          subject,
        ),
      },
    ],
  },
  {
    name: 'method',
    group: 'method',
    text: 'another method was signed',
    help: 'give the method of the request as it was sent',
    vary: (subject) => {
      const { method } = subject.request
      if (!(subject.form.payload ?? '').includes('{method}')) return []
      const others = new Set([method.toLowerCase(), method.toUpperCase(), ...METHODS])
      others.delete(method)
      return [...others].map((each) => ({ subject: withRequest(subject, { method: each }), detail: each }))
    },
  },
]

function unquote(value: string): string {
  return value.trim().replace(/^(["'])(.*)\1$/s, '$2')
}

function formHeaders({
  form,
  request,
}: Subject): readonly { readonly name: string; readonly values: readonly string[] }[] {
  return Object.keys(form.headers).flatMap((name) => headerEntry(request, name) ?? [])
}

/** Each missing header from another one; of several, from those whose names end alike: `svix-id` for `webhook-id`. */
function renameVariations(subject: Subject): readonly Variation[] {
  const wanted = Object.keys(subject.form.headers)
  const missing = wanted.filter((name) => headerEntry(subject.request, name) === null)
  const others = Object.keys(subject.request.headers).filter(
    (name) => !wanted.some((each) => each.toLowerCase() === name.toLowerCase()),
  )
  if (missing.length === 0) return []
  if (missing.length === 1) return others.map((name) => rename(subject, [[missing[0] ?? '', name]]))
  const alike = missing.map((name) => others.filter((other) => ending(other) === ending(name)))
  // Those of one sender begin alike, too; what is left takes the first.
  const starts = [...new Set(alike.flat().map(beginning)), '']
  return starts.flatMap((start) => {
    const found = alike.map((names) => names.find((name) => beginning(name).startsWith(start)))
    const pairs = missing.flatMap((name, index) => (found[index] === undefined ? [] : [[name, found[index]] as const]))
    return pairs.length === missing.length ? [rename(subject, pairs)] : []
  })
}

function beginning(name: string): string {
  return name.slice(0, name.length - ending(name).length).toLowerCase()
}

function ending(name: string): string {
  return name.toLowerCase().replace(/^.*[-_]/, '')
}

function rename(subject: Subject, pairs: readonly (readonly [wanted: string, found: string])[]): Variation {
  const headers: DebugRequest['headers'] = Object.fromEntries(
    Object.entries(subject.request.headers).map(([name, value]) => [
      pairs.find(([, found]) => found === name)?.[0] ?? name,
      value,
    ]),
  )
  return { subject: withRequest(subject, { headers }), detail: pairs.map(([, found]) => `\`${found}\``).join(', ') }
}
