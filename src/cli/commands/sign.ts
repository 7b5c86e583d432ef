import { renderPayload, signRequest } from '../../hmac/sign-request.ts'
import { SIGN_HELP } from '../help/sign.ts'
import { jsonText } from '../report/json.ts'
import { pageText } from '../report/text.ts'
import { readDebugForm } from '../sign/form.ts'
import { createMask } from '../sign/mask.ts'
import { noticesOn, readNow, readSigningSecrets, refuseSecondStdin, SIGNATURE_OPTIONS } from '../sign/options.ts'
import { type SigningReport, signingJson, signingLines } from '../sign/report.ts'
import { isUrlSigned, readDebugRequest } from '../sign/request.ts'
import { lastValue } from '../terminal/arguments.ts'
import type { Command, Context } from '../terminal/command.ts'
import { couldRun } from '../terminal/could-run.ts'
import { EXIT } from '../terminal/exit-codes.ts'
import type { Outcome } from '../terminal/io.ts'

/** Shows what is signed of a request, and what signing adds to it. @internal */
export const signCommand: Command = {
  files: 'optional',
  options: { ...SIGNATURE_OPTIONS, id: { type: 'string' }, 'key-id': { type: 'string' } },
  help: SIGN_HELP,
  run: runSign,
}

async function runSign(context: Context): Promise<Outcome> {
  const report = await couldRun(() => sign(context))
  const stdout = context.json ? jsonText(signingJson(report)) : pageText(signingLines(report, context.paint))
  return { exitCode: EXIT.fine, stdout, stderr: '' }
}

async function sign({ io, args }: Context): Promise<SigningReport> {
  refuseSecondStdin(args)
  const { form, ...origin } = await readDebugForm(io, args)
  const secrets = readSigningSecrets(io, args)
  const { request } = await readDebugRequest(io, args, form)
  const now = readNow(args)
  const keyId = lastValue(args, 'key-id')
  const options = { now, id: lastValue(args, 'id') ?? crypto.randomUUID(), ...(keyId === undefined ? {} : { keyId }) }
  const signed = await signRequest(form, secrets, request, options)
  const texts = secrets.map((secret) => secret.reveal())
  const mask = createMask(texts, form)
  return {
    ...origin,
    now,
    payload: mask.bytes(await renderPayload(form, request, options)),
    headers: Object.entries(signed.headers).map(([name, value]) => ({ name, value: mask.text(value) })),
    url: isUrlSigned(form) ? mask.text(signed.url) : null,
    notices: noticesOn(secrets, form),
  }
}
