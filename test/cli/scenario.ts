/** One run of the command line, as a text file tells it. */
export interface Scenario {
  /** What it shows, in words. */
  readonly about: string
  readonly files: ReadonlyMap<string, string>
  readonly env: Readonly<Record<string, string>>
  readonly stdin: string
  readonly tty: boolean
  readonly argv: readonly string[]
  readonly expected: Expected
}

export interface Expected {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
  /** The files that were written: `shared` or `private`, and the path. */
  readonly written?: ReadonlyMap<string, string>
}

interface Section {
  readonly title: string
  readonly body: string
}

/** `=== title` begins a section; the lines up to the next one are its body. Escape characters show as `␛`. */
export function readScenario(text: string): Scenario {
  const sections = sectionsOf(text)
  const body = (title: string): string => sections.find((section) => section.title === title)?.body ?? ''
  const has = (title: string): boolean => sections.some((section) => section.title === title)
  return {
    about: body('about').trim(),
    files: new Map(sections.flatMap(fileOf)),
    env: Object.fromEntries(body('env').split('\n').filter(Boolean).map(readVariable)),
    stdin: body('stdin'),
    tty: has('terminal'),
    argv: readCommand(body('command').trim()),
    expected: {
      exitCode: Number(sections.find(({ title }) => title.startsWith('exit '))?.title.slice(5)),
      stdout: body('stdout').replaceAll('␛', '\u001b'),
      stderr: body('stderr').replaceAll('␛', '\u001b'),
      ...writtenIn(sections),
    },
  }
}

/** The text of a scenario with what came of it. */
export function writeScenario(text: string, { exitCode, stdout, stderr, written = new Map() }: Expected): string {
  const input = text.split(/^=== exit /m, 1).join('')
  const files = [...written].map(([file, content]) => `=== wrote ${file}\n${content}`)
  const output = [`=== exit ${exitCode}\n`, '=== stdout\n', stdout, '=== stderr\n', stderr, ...files]
  return `${input}${output.join('').replaceAll('\u001b', '␛')}`
}

function writtenIn(sections: readonly Section[]): Pick<Expected, 'written'> {
  const files = sections.filter(({ title }) => title.startsWith('wrote '))
  return files.length === 0
    ? {}
    : { written: new Map(files.map(({ title, body }) => [title.slice('wrote '.length), body])) }
}

function sectionsOf(text: string): readonly Section[] {
  return text
    .split(/^=== /m)
    .slice(1)
    .map((part) => {
      const end = part.indexOf('\n')
      return { title: part.slice(0, end), body: part.slice(end + 1) }
    })
}

/** `file NAME`, or `file NAME escaped` whose body is a JSON string, for what a text file cannot hold. */
function fileOf({ title, body }: Section): readonly (readonly [string, string])[] {
  const match = /^file (\S+)( escaped)?$/.exec(title)
  if (match === null) return []
  return [[match[1] ?? '', match[2] === undefined ? body : (JSON.parse(body) as string)]]
}

function readVariable(line: string): readonly [string, string] {
  const equals = line.indexOf('=')
  return [line.slice(0, equals), line.slice(equals + 1)]
}

/** Words as a shell splits them, with single quotes only. */
function readCommand(command: string): readonly string[] {
  const words = [...command.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''))
  if (words[0] !== 'latchkey') throw new Error('a command begins with `latchkey`')
  return words.slice(1)
}
