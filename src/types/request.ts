/** An HTTP request as plain data. */
export interface HttpRequest {
  /** An HTTP method, such as `GET`. */
  readonly method: string
  /** Absolute URL. Kept byte for byte, but for the query parameters that are appended. */
  readonly url: string
  /** One text a header, under any spelling of its name. */
  readonly headers: Readonly<Record<string, string>>
  /** Passed on untouched. */
  readonly body?: Uint8Array | string
}

/** How a definition is read. */
export interface ParseOptions {
  /** `ultravox` refuses what Ultravox's own API does not know. Default `latchkey`. */
  readonly profile?: 'latchkey' | 'ultravox'
  /** `allow` turns unknown fields and values outside `requirements` into warnings. Default `refuse`. */
  readonly unknownFields?: 'refuse' | 'allow'
  /** Exact origins, such as `http://10.0.0.5:8080`, where plain http may carry a credential. Default none. */
  readonly allowInsecureOrigins?: readonly string[]
}

/** How an option is chosen. */
export interface ResolveOptions {
  /** `never` turns an anonymous outcome into `unsatisfied`. Default `lastResort`. */
  readonly anonymous?: 'lastResort' | 'never'
  /** `refuse` turns tokens that no option uses into `invalidTokens`. Default `notice`. */
  readonly unusedTokens?: 'notice' | 'refuse'
  /** Whether an option of nothing but a call token ranks as non-empty (SEL-6). Default true. */
  readonly callTokenCounts?: boolean
  /** The capability to mint call tokens. Only its presence is read; it is never called here. */
  readonly mintCallToken?: (...parameters: never[]) => unknown
  /** Whose credentials may be used; required once a stored credential is needed. */
  readonly tenant?: string
  /** Environment whose stored credentials are read. Default: the store's default one. */
  readonly environment?: string
}
