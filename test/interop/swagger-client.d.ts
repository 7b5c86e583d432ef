// The package ships no types. This much of it is compared with.
declare module 'swagger-client' {
  export interface SwaggerRequest {
    readonly url: string
    readonly headers: Readonly<Record<string, string>>
  }
  interface Client {
    buildRequest(options: {
      readonly spec: object
      readonly operationId: string
      readonly parameters?: Readonly<Record<string, string>>
      readonly securities: { readonly authorized: object }
    }): SwaggerRequest
  }
  const client: Client
  export default client
}
