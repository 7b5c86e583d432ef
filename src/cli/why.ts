import { CODES, type IssueCode } from '../errors.ts'

/** Why a finding matters, where its title does not say so: what goes wrong if nobody acts. */
const REASONS: Partial<Record<IssueCode, string>> = {
  ERR_JSON_DUPLICATE_KEY: 'a reviewer reads the first, a parser takes the last, and a requirement silently disappears',
  ERR_DEFINITION_INVALID: 'a part of a definition says neither which tool it belongs to nor when it applies',
  ERR_FIELD_UNKNOWN: 'an ignored field may be a misspelt one, and a tool without its requirements runs unauthenticated',
  ERR_FIELD_SPELLED_TWICE: 'readers disagree on which of the two counts',
  ERR_FIELD_MISSING: 'without it nothing says where or how the credential is sent',
  ERR_KIND_UNKNOWN: 'the kind decides where a credential is written; without one it would not be sent',
  ERR_KIND_COUNT: 'one token is written one way; several ways are requirements of their own',
  ERR_LIMIT_OPTIONS: 'every option is weighed for every call',
  ERR_LIMIT_REQUIREMENTS: 'every requirement of an option must be supplied at once',
  ERR_EXTENSION: "Ultravox's own API refuses the upload",
  ERR_HEADER_NAME: 'such a name would break the request apart, or be refused by the HTTP library',
  ERR_HEADER_FORBIDDEN: 'whoever sets this header decides where the message goes or where it ends',
  ERR_AUTH_SCHEME: 'what stands behind the scheme in the header is the token, which is supplied by name',
  ERR_METHOD: 'TRACE and CONNECT hand a credential back or on',
  ERR_CARRIER_CONFLICT: 'one would overwrite the other, and the server would see half of the credentials',
  ERR_PARAMETER_CONFLICT: 'the model could write its own text where the credential belongs',
  ERR_BASE_URL: 'programs disagree on which host an oddly spelled URL means',
  ERR_BASE_URL_PLACEHOLDER: 'whoever fills the placeholder decides who receives the credential',
  ERR_BASE_URL_INSECURE: 'everyone on the way can read and keep the credential',
  WARN_SECRET_IN_PARAMETER: 'everyone who may read the definition has the secret, and rotating it means editing tools',
  WARN_KEY_IN_QUERY: 'logs, proxies and the Referer header keep the whole URL',
  WARN_OPTION_UNREACHABLE: 'it reads as an alternative and is none',
  WARN_ANONYMOUS_OPTION: 'a forgotten token does not fail: the tool runs without authentication',
  WARN_AUTH_SCHEME_UNREGISTERED: 'a misspelt scheme is refused by the server only when the tool is called',
  ERR_TOKEN_MISSING: 'a request without its credential is not sent',
  ERR_TOKEN_EMPTY: 'a secret that was not filled in must not become an anonymous call',
  ERR_TOKEN_CONTROL: 'a line break in a header starts another header',
  ERR_TOKEN_HEADER: 'HTTP libraries change or refuse it, and some print it when they do',
  ERR_TOKEN_SCHEME: 'the server would read `Bearer Bearer …` and answer 401',
  ERR_ANONYMOUS_REFUSED: '`--anonymous never` refuses to run a tool without authentication',
  ERR_TENANT_REQUIRED: "a credential's name alone would reach the credentials of every tenant",
  ERR_ORIGIN_MISMATCH: 'a credential goes to the origin of its definition and nowhere else',
  ERR_PATH_MISMATCH: 'a credential goes to the path of its definition and below',
  ERR_PATH_DOTS: 'a server that resolves the dots would leave the path of the tool',
  ERR_CARRIER_OCCUPIED: 'two credentials in one place: servers disagree on which one counts',
}

/** Why a finding matters, in one line. @internal */
export function whyItMatters(code: IssueCode): string {
  return REASONS[code] ?? CODES[code].title
}
