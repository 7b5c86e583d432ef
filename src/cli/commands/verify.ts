import { expectSignature } from '../../hmac/expected-signature.ts'
import { verifySignature } from '../../hmac/verify-signature.ts'
import { readQuery } from '../../http/query.ts'
import { splitUrl } from '../../http/url.ts'
import type { HmacForm } from '../../types.ts'
import { type Diagnosis, diagnose } from '../diagnose/diagnose.ts'
import { type DebugRequest, headerEntry } from '../diagnose/subject.ts'
import { VERIFY_HELP } from '../help/sign.ts'
import { jsonText } from '../report/json.ts'
import { pageText } from '../report/text.ts'
import { readDebugForm } from '../sign/form.ts'
import { createMask, type Mask } from '../sign/mask.ts'
import { noticesOn, readNow, readSigningSecrets, refuseSecondStdin, SIGNATURE_OPTIONS } from '../sign/options.ts'
import { isUrlSigned, readDebugRequest } from '../sign/request.ts'
import {
  type ReceivedCarrier,
  type ShownCause,
  type VerificationReport,
  verificationJson,
  verificationLines,
} from '../sign/verify-report.ts'
import { type Arguments, lastValue } from '../terminal/arguments.ts'
import type { Command, Context } from '../terminal/command.ts'
import { couldRun } from '../terminal/could-run.ts'
import { EXIT } from '../terminal/exit-codes.ts'
import { CouldNotRun } from '../terminal/failure.ts'
import type { Outcome } from '../terminal/io.ts'

/** Says whether a signature is valid, and which mistake explains one that is not. @internal */
export const verifyCommand: Command = {
  files: 'optional',
  options: { ...SIGNATURE_OPTIONS, tolerance: { type: 'string' } },
  help: VERIFY_HELP,
  run: runVerify,
}

async function runVerify(context: Context): Promise<Outcome> {
  const report = await couldRun(() => verify(context))
  const stdout = context.json ? jsonText(verificationJson(report)) : pageText(verificationLines(report, context.paint))
  return { exitCode: report.verdict.ok ? EXIT.fine : EXIT.findings, stdout, stderr: '' }
}

async function verify({ io, args }: Context): Promise<VerificationReport> {
  refuseSecondStdin(args)
  const { form, ...origin } = await readDebugForm(io, args)
  const secrets = readSigningSecrets(io, args)
  const { request, assumesHttps } = await readDebugRequest(io, args, form)
  const settings = { now: readNow(args), toleranceMs: readTolerance(args) }
  const verdict = await verifySignature(form, secrets, request, { ...settings, allowShortSecret: true })
  const texts = secrets.map((secret) => secret.reveal())
  const diagnoses = verdict.ok ? [] : await diagnose({ form, secrets: texts, request, ...settings })
  const { payload, carriers } = await expectSignature(form, secrets, request)
  const mask = createMask(texts, form)
  return {
    ...origin,
    verdict: verdict.ok ? { ...verdict, ...maskNames(verdict, mask) } : verdict,
    now: settings.now,
    payload: payload === null ? null : mask.bytes(payload),
    expected: carriers.map((each) => each.map((carrier) => ({ ...carrier, value: mask.text(carrier.value) }))),
    received: receivedCarriers(form, request, mask),
    diagnoses: diagnoses.map((causes) => showCauses(causes, mask)),
    assumesHttps: assumesHttps && isUrlSigned(form),
    notices: noticesOn(secrets, form),
  }
}

const DEFAULT_TOLERANCE_SECONDS = '300'

function readTolerance(args: Arguments): number {
  const text = lastValue(args, 'tolerance') ?? DEFAULT_TOLERANCE_SECONDS
  if (/^[0-9]{1,9}$/.test(text)) return Number(text) * 1000
  throw new CouldNotRun('--tolerance takes whole seconds', 'such as 300')
}

function maskNames<T extends { readonly id: string | null; readonly keyId: string | null }>(
  { id, keyId }: T,
  mask: Mask,
): Pick<T, 'id' | 'keyId'> {
  return { id: id === null ? null : mask.text(id), keyId: keyId === null ? null : mask.text(keyId) }
}

function receivedCarriers(form: HmacForm, request: DebugRequest, mask: Mask): readonly ReceivedCarrier[] {
  const pairs = readQuery(splitUrl(request.url)?.query ?? '')
  const headers = Object.keys(form.headers).map((name) => ({
    kind: 'header' as const,
    name,
    values: (headerEntry(request, name)?.values ?? []).map(mask.text),
  }))
  const parameters = Object.keys(form.query ?? {}).map((name) => ({
    kind: 'query' as const,
    name,
    values: pairs.filter((pair) => pair.name === name).map(({ value }) => mask.text(value)),
  }))
  return [...headers, ...parameters]
}

function showCauses(causes: Diagnosis, mask: Mask): readonly ShownCause[] {
  return causes.map(({ hypothesis: { name, text, help }, detail }) => ({
    name,
    text: detail === undefined ? text : `${text}: ${mask.text(detail)}`,
    help,
  }))
}
