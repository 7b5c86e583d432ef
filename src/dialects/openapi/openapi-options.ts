import { isString, readOptions } from '../../read-options.ts'
import { IMPORT_OPTIONS, textList, textMap } from '../import-options.ts'
import type { ImportOptions } from '../tool-with-tokens.ts'

/** How an OpenAPI document is read. */
export interface OpenApiOptions extends Pick<ImportOptions, 'clientAuthentication' | 'allowInsecureOrigins'> {
  /** The operations to import: `operationId`, tool name, or method and path such as `GET /orders`. Default: all. */
  readonly operations?: readonly string[]
  /** Values of server variables by name, in place of their defaults. */
  readonly serverVariables?: { readonly [name: string]: string }
  /** An absolute URL that takes the place of the document's servers, such as for a document with relative ones. */
  readonly server?: string
}

/** Options as they are used. @internal */
export interface OpenApiSettings {
  readonly clientAuthentication: ImportOptions['clientAuthentication']
  readonly allowInsecureOrigins: readonly string[]
  readonly operations: readonly string[] | null
  readonly serverVariables: ReadonlyMap<string, string>
  readonly server: string | null
}

const OPENAPI_OPTIONS = {
  clientAuthentication: IMPORT_OPTIONS['clientAuthentication'] ?? [],
  allowInsecureOrigins: IMPORT_OPTIONS['allowInsecureOrigins'] ?? [],
  operations: (value: unknown) => textList(value, (text) => text !== ''),
  serverVariables: textMap,
  server: isString,
} as const

/** @internal */
export function readOpenApiOptions(options: unknown): OpenApiSettings {
  const read = readOptions<OpenApiOptions>(options, OPENAPI_OPTIONS)
  return {
    clientAuthentication: read.clientAuthentication,
    allowInsecureOrigins: read.allowInsecureOrigins ?? [],
    operations: read.operations ?? null,
    serverVariables: new Map(Object.entries(read.serverVariables ?? {})),
    server: read.server ?? null,
  }
}
