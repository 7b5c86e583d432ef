/** The key travels in a query parameter. */
export interface QueryApiKeyRequirement {
  /** The query parameter that carries the key. */
  readonly queryApiKey: {
    /** Name of the query parameter: not empty, no control character, no brace. */
    readonly name: string
  }
}

/** The key travels in a header of its own. */
export interface HeaderApiKeyRequirement {
  /** The header that carries the key. */
  readonly headerApiKey: {
    /** Name of the header: an RFC 9110 token that does not steer the message (DEF-2). */
    readonly name: string
    /** Written before the key, such as `Bearer ` with its space. Default none. Extends Ultravox's format. */
    readonly prefix?: string
  }
}

/** The token travels as `Authorization: <scheme> <token>`. */
export interface HttpAuthRequirement {
  /** The auth-scheme of the `Authorization` header. */
  readonly httpAuth: {
    /** An RFC 9110 token, such as `Bearer` or `Basic`. Written as it is spelled here. */
    readonly scheme: string
  }
}

/** The key travels in one cookie of the `Cookie` header. Extends Ultravox's format. */
export interface CookieApiKeyRequirement {
  /** The cookie that carries the key. */
  readonly cookieApiKey: {
    /** Name of the cookie: an RFC 9110 token. */
    readonly name: string
  }
}

/** The request is signed, over its final bytes. Extends Ultravox's format. */
export interface HmacSignatureRequirement {
  /** What is signed and how it is carried. */
  readonly hmacSignature: HmacForm
}

/**
 * How a message is signed with HMAC: which text is signed, and which headers or query parameters carry the signature.
 *
 * Templates take `{body}` `{timestamp}` `{id}` `{keyId}` `{method}` `{url}` `{origin}` `{host}` `{path}` `{query}`
 * `{target}` `{form}` `{header:NAME}` `{body:sha256}` `{body:sha256:base64}` and, in one header or query parameter,
 * `{signature}`. Doubled braces and brackets are literal.
 */
export interface HmacForm {
  /** Default `sha256`. */
  readonly algorithm?: 'sha1' | 'sha256' | 'sha384' | 'sha512'
  /** How the secret's text becomes bytes. Default `utf8`. */
  readonly key?: 'utf8' | 'hex' | 'base64' | 'base64url'
  /** Dropped from the start of the secret before it becomes bytes, such as `whsec_`. Default none. */
  readonly keyPrefix?: string
  /** Template of what is signed. Default `{body}`. */
  readonly payload?: string
  /** How the signature is written. Default `hex`. */
  readonly encoding?: 'hex' | 'base64' | 'base64url'
  /** How `{timestamp}` is written: seconds, milliseconds or ISO 8601. Default `s`. */
  readonly timestamp?: 's' | 'ms' | 'iso'
  /** Templates by header name. */
  readonly headers: { readonly [name: string]: string }
  /** Templates by query parameter; those without `{signature}` are added before signing. Default none. */
  readonly query?: { readonly [name: string]: string }
  /** Joins several signatures while secrets rotate: repeats the `[bracketed]` unit, or the whole value. Default none. */
  readonly separator?: string
}

/** How a client proves itself to the token endpoint (RFC 6749 section 2.3, RFC 7523). */
export type ClientAuthentication =
  | 'client_secret_post'
  | 'client_secret_basic'
  | 'client_secret_basic_raw'
  | 'private_key_jwt'

/** An access token is fetched with OAuth's client credentials grant (RFC 6749 section 4.4). Extends Ultravox's format. */
export interface OAuth2ClientCredentialsRequirement {
  /** Where the access token comes from; it travels as `Authorization: Bearer <access token>`. */
  readonly oauth2ClientCredentials: {
    /** The token endpoint: https with a literal host, or http on loopback; no fragment, no user info, no braces. */
    readonly tokenUrl: string
    /** Scopes asked for, separated by one space (RFC 6749 section 3.3). Default: the server's own. */
    readonly scope?: string
    /** Sent as `audience`; for `private_key_jwt` also the `aud` of the assertion, in place of `tokenUrl`. Default none. */
    readonly audience?: string
    /** Default `client_secret_post`; `client_secret_basic_raw` skips the form encoding that RFC 6749 asks of Basic. */
    readonly clientAuthentication?: ClientAuthentication
    /** Further parameters of the token request, such as `resource`. Default none. */
    readonly parameters?: { readonly [name: string]: string }
  }
}

/** How one named requirement is met: exactly one kind (OpenAPI calls this a security scheme). */
export type Requirement =
  | QueryApiKeyRequirement
  | HeaderApiKeyRequirement
  | HttpAuthRequirement
  | CookieApiKeyRequirement
  | OAuth2ClientCredentialsRequirement
  | HmacSignatureRequirement

type KeysOfUnion<T> = T extends unknown ? keyof T : never

/** The name of a kind of requirement. */
export type Kind = KeysOfUnion<Requirement>
