/** Where in the life of a call an error arose. */
export type Phase = 'definition' | 'tokens' | 'need' | 'request' | 'response'

/**
 * Every code that Latchkey reports, with the phase it belongs to and a short title.
 *
 * `ERR_` codes refuse, `WARN_` codes are lints, `NOTE_` codes accompany a resolution. A code never changes its meaning.
 * Each has a page in `docs/errors`.
 */
export const CODES = {
  // Reading any input
  ERR_INPUT_UNREADABLE: { phase: 'definition', title: 'a property of the input could not be read' },
  ERR_INPUT_NOT_JSON: { phase: 'definition', title: 'the input holds something that JSON has no word for' },
  ERR_INPUT_TOO_DEEP: { phase: 'definition', title: 'the input is nested too deeply, or contains itself' },
  ERR_INPUT_TOO_LARGE: { phase: 'definition', title: 'the input holds too many values' },
  ERR_INPUT_ILL_FORMED: { phase: 'definition', title: 'a text of the input is not well-formed Unicode' },
  ERR_JSON_SYNTAX: { phase: 'definition', title: 'the text is not JSON' },
  ERR_JSON_DUPLICATE_KEY: { phase: 'definition', title: 'a key stands twice in one object' },
  ERR_ARGUMENT_INVALID: { phase: 'definition', title: 'an argument or option of a function is not usable' },

  // Definitions: shape (DEF-1, DEF-6)
  ERR_DEFINITION_INVALID: { phase: 'definition', title: 'the definition is not valid' },
  ERR_FIELD_UNKNOWN: { phase: 'definition', title: 'a field is not known' },
  ERR_FIELD_SPELLED_TWICE: { phase: 'definition', title: 'a field stands in camelCase and in snake_case' },
  ERR_FIELD_MISSING: { phase: 'definition', title: 'a required field is missing' },
  ERR_FIELD_TYPE: { phase: 'definition', title: 'a field has the wrong type' },
  ERR_FIELD_VALUE: { phase: 'definition', title: 'a field has a value that is not allowed' },
  ERR_KIND_UNKNOWN: { phase: 'definition', title: 'the kind of a requirement is not known' },
  ERR_KIND_COUNT: { phase: 'definition', title: 'a requirement does not have exactly one kind' },
  ERR_IMPLEMENTATION_COUNT: { phase: 'definition', title: 'more than one of `http`, `client`, `dataConnection`' },
  ERR_LIMIT_OPTIONS: { phase: 'definition', title: 'more than 64 options' },
  ERR_LIMIT_REQUIREMENTS: { phase: 'definition', title: 'more than 16 requirements in an option' },
  ERR_EXTENSION: { phase: 'definition', title: 'Ultravox does not know this field' },

  // Definitions: names and URLs (DEF-2 to DEF-5)
  ERR_REQUIREMENT_NAME: { phase: 'definition', title: 'the name of a requirement is not allowed' },
  ERR_HEADER_NAME: { phase: 'definition', title: 'a header name is not an RFC 9110 token' },
  ERR_HEADER_FORBIDDEN: { phase: 'definition', title: 'a header that steers the message cannot carry this' },
  ERR_QUERY_NAME: { phase: 'definition', title: 'the name of a query parameter is not allowed' },
  ERR_AUTH_SCHEME: { phase: 'definition', title: 'an auth-scheme is not an RFC 9110 token' },
  ERR_METHOD: { phase: 'definition', title: 'the HTTP method is not allowed' },
  ERR_CARRIER_CONFLICT: { phase: 'definition', title: 'two requirements of one option write one place' },
  ERR_SIGNATURE_COUNT: { phase: 'definition', title: 'more than one requirement of an option signs the request' },
  ERR_COOKIE_NAME: { phase: 'definition', title: 'a cookie name is not an RFC 9110 token' },
  ERR_PARAMETER_CONFLICT: { phase: 'definition', title: 'a parameter writes the place of a credential' },
  ERR_BASE_URL: { phase: 'definition', title: 'the base URL is not an absolute http or https URL' },
  ERR_BASE_URL_PLACEHOLDER: { phase: 'definition', title: 'a placeholder stands in the scheme, host or port' },
  ERR_BASE_URL_INSECURE: { phase: 'definition', title: 'a credential would travel over plain http' },

  ERR_TOKEN_URL: { phase: 'definition', title: 'a token URL is not usable' },
  ERR_OAUTH_PARAMETER: { phase: 'definition', title: 'a parameter of a token request is not usable' },

  // Parameters and the request before credentials
  ERR_PARAMETERS_INVALID: { phase: 'request', title: 'the request cannot be built from these parameters' },
  ERR_NOT_HTTP: { phase: 'request', title: 'the tool is not reached over HTTP' },
  ERR_PARAMETER_UNKNOWN: { phase: 'request', title: 'the tool has no such parameter' },
  ERR_PARAMETER_MISSING: { phase: 'request', title: 'a parameter has no value' },
  ERR_PARAMETER_TYPE: { phase: 'request', title: 'a parameter has a value of the wrong type' },
  ERR_PARAMETER_VALUE: { phase: 'request', title: 'the place of a parameter cannot carry its value' },

  // Definitions: lints
  WARN_FIELD_UNKNOWN: { phase: 'definition', title: 'a field is not known and was allowed' },
  WARN_FIELD_VALUE: { phase: 'definition', title: 'a value is not known and was allowed' },
  WARN_SECRET_IN_PARAMETER: { phase: 'definition', title: 'a static parameter looks like a secret' },
  WARN_KEY_IN_QUERY: { phase: 'definition', title: 'a key travels in the query string' },
  WARN_OPTION_UNREACHABLE: { phase: 'definition', title: 'an option can never be chosen' },
  WARN_ANONYMOUS_OPTION: { phase: 'definition', title: 'an anonymous option stands beside authenticated ones' },
  WARN_EXTENSION: { phase: 'definition', title: 'Ultravox does not know this part of a requirement' },
  WARN_AUTH_SCHEME_UNREGISTERED: { phase: 'definition', title: 'an auth-scheme is not in the IANA registry' },

  // Tokens (TOK-1 to TOK-5)
  ERR_TOKENS_TYPE: { phase: 'tokens', title: '`authTokens` is not a plain object' },
  ERR_TOKENS_INVALID: { phase: 'tokens', title: 'tokens were supplied that cannot be used' },
  ERR_TOKEN_UNREADABLE: { phase: 'tokens', title: 'a token could not be read' },
  ERR_TOKEN_TYPE: { phase: 'tokens', title: 'a token has the wrong type' },
  ERR_TOKEN_EMPTY: { phase: 'tokens', title: 'a token is empty' },
  ERR_TOKEN_TOO_LONG: { phase: 'tokens', title: 'a token is longer than 16 KiB' },
  ERR_TOKEN_ILL_FORMED: { phase: 'tokens', title: 'a token is not well-formed Unicode' },
  ERR_TOKEN_CONTROL: { phase: 'tokens', title: 'a token holds a control character' },
  ERR_TOKEN_HEADER: { phase: 'tokens', title: 'a header cannot carry a token' },
  ERR_TOKEN_SCHEME: { phase: 'tokens', title: 'a token repeats its auth-scheme' },
  ERR_TOKEN_BASIC: { phase: 'tokens', title: 'a Basic token is not base64 credentials' },
  ERR_TOKEN_USERNAME: { phase: 'tokens', title: 'a Basic user name holds a colon' },
  ERR_TOKEN_COOKIE: { phase: 'tokens', title: 'a cookie cannot carry a token' },
  ERR_TOKEN_CLIENT: { phase: 'tokens', title: 'an OAuth client cannot be used' },
  ERR_TOKEN_UNUSED: { phase: 'tokens', title: 'a token was supplied that no option uses' },
  ERR_TOKEN_MISSING: { phase: 'tokens', title: 'no option has all its tokens' },
  ERR_CALL_TOKEN_UNAVAILABLE: { phase: 'tokens', title: 'an option needs a call token and none can be minted' },
  ERR_ANONYMOUS_REFUSED: { phase: 'tokens', title: 'the tool would run anonymously and that was refused' },
  ERR_UNSATISFIED: { phase: 'tokens', title: 'no option is satisfied' },
  ERR_TENANT_REQUIRED: { phase: 'tokens', title: 'a tenant is needed and none was given' },
  ERR_TEMPLATE_VARIABLE: { phase: 'tokens', title: 'a template names a variable that is missing or empty' },
  ERR_TEMPLATE_SYNTAX: { phase: 'tokens', title: 'a template in a token is malformed' },
  NOTE_TOKEN_UNUSED: { phase: 'tokens', title: 'a token was supplied that no option uses' },
  NOTE_TOKENS_IGNORED: { phase: 'tokens', title: 'tokens were supplied, yet the tool runs unauthenticated' },
  NOTE_SECRET_SHORT: { phase: 'tokens', title: 'a signing secret has fewer than 16 bytes' },
  NOTE_TEMPLATE_LEFT: { phase: 'tokens', title: 'a token still holds a template' },
  NOTE_CALL_TOKEN_RANK: { phase: 'tokens', title: 'the rank of a call token decided the choice' },
  NOTE_NO_HTTP: { phase: 'tokens', title: 'the definition has no `http`, so no origin is bound' },
  NOTE_INSECURE_ORIGIN: { phase: 'tokens', title: 'plain http was allowed for this origin' },

  // A whole call
  ERR_FIELD_MISPLACED: { phase: 'definition', title: 'a field of a selected tool stands outside of it' },
  ERR_TOOL_NOT_FOUND: { phase: 'definition', title: 'no stored tool has this id or name' },
  ERR_TOOL_AMBIGUOUS: { phase: 'definition', title: 'several stored tools have this name' },
  ERR_TOOL_LOOKUP: { phase: 'definition', title: 'the look-up of a stored tool failed' },
  ERR_TOOL_NAME: { phase: 'definition', title: 'a tool has no usable name for the model' },
  ERR_TOOL_NAME_TAKEN: { phase: 'definition', title: 'two tools of a call have one name' },
  ERR_OVERRIDE_MISSING: { phase: 'definition', title: 'a parameter must be overridden by the call' },
  ERR_OVERRIDE_UNKNOWN: { phase: 'definition', title: 'an override names no parameter of the tool' },
  ERR_CALL_TOKEN_MINT: { phase: 'need', title: 'minting a call token failed' },
  ERR_SEAL_INVALID: { phase: 'definition', title: 'the sealed text is damaged, or belongs to another call' },
  ERR_SEAL_KEY: { phase: 'definition', title: 'no key opens the sealed text' },
  ERR_CALL_TOKEN_INVALID: { phase: 'tokens', title: 'the call token is not valid here' },

  // Dialects
  ERR_DIALECT_VERSION: { phase: 'definition', title: 'this version of the format is not read' },
  ERR_DIALECT_REFERENCE: {
    phase: 'definition',
    title: 'a reference leads out of the document, in a circle or to nothing',
  },
  ERR_DIALECT_SCHEME: { phase: 'definition', title: 'a security scheme is not declared' },
  ERR_DIALECT_CREDENTIAL: { phase: 'definition', title: 'the plan of a credential is not known' },
  ERR_DIALECT_SERVER: { phase: 'definition', title: 'nothing says at which URL the tool is' },
  ERR_DIALECT_OPERATION: { phase: 'definition', title: 'the document has no such operation' },
  ERR_DIALECT_INEXPRESSIBLE: { phase: 'definition', title: 'one of the two formats has no word for this' },
  WARN_DIALECT_DROPPED: { phase: 'definition', title: 'something was left out that a definition has no word for' },
  WARN_DIALECT_SECRET_INLINE: { phase: 'definition', title: 'a secret stays where it is, beside the URL' },

  // Signatures
  ERR_SIGNATURE_FORM: { phase: 'definition', title: 'the form of a signature is not usable' },
  ERR_SIGNATURE_SECRET: { phase: 'tokens', title: 'the secret of a signature is not usable' },
  ERR_SIGNATURE_INPUT: { phase: 'request', title: 'the request lacks what is to be signed' },
  ERR_SIGNATURE_MISSING: { phase: 'request', title: 'the request has no signature' },
  ERR_SIGNATURE_MALFORMED: { phase: 'request', title: 'the signature is not spelled as the form says' },
  ERR_SIGNATURE_MISMATCH: { phase: 'request', title: 'the signature is not that of the message' },
  ERR_SIGNATURE_TIMESTAMP: { phase: 'request', title: 'the timestamp is too old or too far in the future' },
  ERR_SIGNATURE_REPLAYED: { phase: 'request', title: 'the message was received before' },

  // Stores
  ERR_STORE_UNAVAILABLE: { phase: 'need', title: 'a store did not answer' },

  // Stored credentials (CRD-1 to CRD-6)
  ERR_CREDENTIAL_NOT_FOUND: { phase: 'need', title: 'no stored credential has this id' },
  ERR_CREDENTIAL_TYPE: { phase: 'need', title: 'a stored credential has another type' },
  ERR_CREDENTIAL_REFUSED: { phase: 'need', title: 'a stored credential is not allowed here' },
  ERR_CREDENTIAL_LOOKUP: { phase: 'need', title: 'a stored credential could not be read' },
  ERR_CREDENTIAL_VALUE: { phase: 'need', title: 'the value of a credential cannot be used' },
  ERR_CREDENTIAL_NAME: { phase: 'need', title: 'the name or id of a credential is not usable' },
  ERR_CREDENTIAL_NAME_TAKEN: { phase: 'need', title: 'another credential has this name' },
  ERR_CREDENTIAL_ID_TAKEN: { phase: 'need', title: 'another credential has this id' },
  ERR_CREDENTIAL_HOST: { phase: 'need', title: 'a host that a credential may be sent to is not usable' },
  ERR_CREDENTIAL_IN_USE: { phase: 'need', title: 'a credential is in use and was not deleted' },

  // Needs
  ERR_ACCESS_TOKEN_UNAVAILABLE: { phase: 'need', title: 'an access token could not be fetched' },
  ERR_NEED_UNKNOWN: { phase: 'need', title: 'the need does not belong to the resolution' },
  ERR_NEED_UNMET: { phase: 'need', title: 'a need is still owed' },

  // Requests (REQ-1 to REQ-5)
  ERR_NOT_RESOLVED: { phase: 'request', title: 'the resolution has no request changes to apply' },
  ERR_REQUEST_INVALID: { phase: 'request', title: 'the request is not well formed' },
  ERR_METHOD_FORBIDDEN: { phase: 'request', title: 'a credential is never sent with TRACE or CONNECT' },
  ERR_URL_INVALID: { phase: 'request', title: 'the URL is not plainly spelled' },
  ERR_ORIGIN_UNKNOWN: { phase: 'request', title: 'nothing says to which origin the credential belongs' },
  ERR_ORIGIN_MISMATCH: { phase: 'request', title: 'the request goes to another origin' },
  ERR_PATH_MISMATCH: { phase: 'request', title: 'the request leaves the path of the tool' },
  ERR_PATH_DOTS: { phase: 'request', title: 'the path has a `.` or `..` segment' },
  ERR_HOST_MISMATCH: { phase: 'request', title: 'the Host header is unlike the URL' },
  ERR_CONNECTION_HEADER: { phase: 'request', title: 'the Connection header names other headers' },
  ERR_CARRIER_OCCUPIED: {
    phase: 'request',
    title: 'the request already holds another value in the place of a credential',
  },

  // Sending (REQ-5)
  ERR_SEND_FAILED: { phase: 'request', title: 'the exchange with the tool failed' },
  ERR_SEND_TIMEOUT: { phase: 'request', title: 'the tool did not answer in time' },
  ERR_SEND_ABORTED: { phase: 'request', title: 'the exchange was called off' },
  ERR_ADDRESS_REFUSED: { phase: 'request', title: 'the host is at an address that may not be reached' },
  ERR_REDIRECT_REFUSED: { phase: 'response', title: 'a redirect was not followed' },
  ERR_RESPONSE_TOO_LARGE: { phase: 'response', title: 'the answer is larger than allowed' },

  // The receiving side
  ERR_CREDENTIALS_MISSING: { phase: 'request', title: 'a request has no credentials' },
  ERR_CREDENTIALS_INVALID: { phase: 'request', title: 'the credentials of a request are not valid' },
  ERR_CREDENTIALS_REPEATED: { phase: 'request', title: 'a request holds two credentials in one place' },
  ERR_KEY_ISSUING_OFF: { phase: 'request', title: 'no API keys are issued here' },
  ERR_KEY_SCOPE: { phase: 'request', title: 'an API key may not have this scope' },
  ERR_KEY_COUNT: { phase: 'request', title: 'a tenant has as many API keys as it may have' },
  ERR_BODY_TOO_LARGE: { phase: 'request', title: 'the body of a request is too long' },
} as const

/** Any code of {@link CODES}. */
export type Code = keyof typeof CODES
/** The codes of issues: errors and warnings. */
export type IssueCode = Exclude<Code, `NOTE_${string}`>
/** The codes of notices. */
export type NoticeCode = Extract<Code, `NOTE_${string}`>
/** The codes of errors. */
export type ErrorCode = Extract<Code, `ERR_${string}`>
