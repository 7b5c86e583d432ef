import { signaturePresets } from '../../hmac/presets.ts'
import { wrap } from '../terminal/printable.ts'
import { OUTPUT_OPTIONS } from './main.ts'

const COLUMN = ' '.repeat(27)
const PRESETS = wrap(COLUMN, Object.keys(signaturePresets).join(', '), COLUMN).join('\n')

const FORM = `FILE is JSON or YAML, or - for standard input: a form, such as
{ "headers": { "X-Signature": "{signature}" } }, or a definition or call with a
requirement of the kind hmacSignature.

Form
  --preset NAME            A published form in place of FILE, one of:
${PRESETS}
  --requirement NAME       Which requirement, where FILE holds several forms.

Secret
  --secret env:VAR         The value of a variable.
  --secret file:PATH       The content of a file, without the one line break at
                           its end. May be repeated while secrets rotate; the
                           secret itself is never an argument, which other
                           processes can read, and is never printed.
`

const MESSAGE = `  --request URL            As the sender calls it. Needed where the form signs
                           the URL.
  --method METHOD          Default POST.
  --header 'NAME: VALUE'   May be repeated.
  --body FILE              Its very bytes; - is standard input. Default empty.
  --message FILE           The whole request instead: request line, headers, an
                           empty line, and the body byte for byte. Its URL is
                           https at its Host; --request says otherwise.
`

/** @internal */
export const SIGN_HELP: string = `Examples
  latchkey sign --preset stripe --secret env:SECRET --body event.json
  latchkey sign form.json --secret file:secret --message request.http --json

Usage
  latchkey sign FILE|--preset NAME --secret env:VAR|file:PATH [OPTION…]

Prints the exact payload that is signed, and what signing adds to the request.

${FORM}
Request
${MESSAGE}
Signing
  --now TIME               Time of signing: ISO 8601, or milliseconds since the
                           epoch. Default: now.
  --id ID                  What {id} stands for. Default: a random UUID.
  --key-id ID              What {keyId} stands for.

${OUTPUT_OPTIONS}
Exit status
  0  signed
  2  could not run: usage, a file that is unreadable or does not parse, a form,
     secret or request that cannot be signed
`

/** @internal */
export const VERIFY_HELP: string = `Examples
  latchkey verify --preset stripe --secret env:SECRET --message request.http
  latchkey verify form.json --secret env:OLD --secret env:NEW --body body.bin \\
    --header 'X-Signature: 3c0f…'

Usage
  latchkey verify FILE|--preset NAME --secret env:VAR|file:PATH [OPTION…]

Says whether a received signature is valid, what was to be signed, and which
signature is expected. For one that is not valid it tries the usual mistakes and
names those that explain it: each is confirmed by computing the signature.

${FORM}
Message
${MESSAGE}
Verifying
  --now TIME               Time of receipt: ISO 8601, or milliseconds since the
                           epoch. Default: now.
  --tolerance SECONDS      How far the timestamp may be from it. Default 300.

${OUTPUT_OPTIONS}
Exit status
  0  valid
  1  not valid
  2  could not run: usage, a file that is unreadable or does not parse, a form
     or secret that cannot be used
`
