/**
 * Dialects: Tavus, Vapi, OpenAPI and strict Ultravox, in and out.
 *
 * Pure and synchronous: each function takes parsed JSON and gives a value.
 *
 * @module dialects
 */
export { fromOpenApi } from './openapi/from-openapi.ts'
export type { OpenApiOptions } from './openapi/openapi-options.ts'
export { type OpenApiSecurity, toOpenApi } from './openapi/to-openapi.ts'
export { fromTavus } from './tavus/from-tavus.ts'
export { toTavus } from './tavus/to-tavus.ts'
export { type EmptyToken, tokenTemplate } from './token-template.ts'
export type { Imported, ImportedTool, ImportOptions, RefusedTool, ToolWithTokens } from './tool-with-tokens.ts'
export { fromUltravox, toUltravox } from './ultravox.ts'
export { fromVapi } from './vapi/from-vapi.ts'
export { fromVapiResource } from './vapi/from-vapi-resource.ts'
export { migrateVapi } from './vapi/migrate-vapi.ts'
export type { MigratedCredential, MigratedServer, MigrationOptions, VapiMigration } from './vapi/migration.ts'
export { toVapi, type VapiTool } from './vapi/to-vapi.ts'
export { fromVapiCredential, toVapiCredential, type VapiCredential } from './vapi/vapi-credential.ts'
export type { VapiOptions } from './vapi/vapi-options.ts'
