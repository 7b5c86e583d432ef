import { SecurityError } from '../errors.ts'
import { type CompiledForm, compileForm } from '../kinds/signature-form.ts'
import type { HmacForm } from '../types.ts'

/**
 * @throws A {@link SecurityError} with code `ERR_SIGNATURE_FORM` and the issues.
 * @internal
 */
export function readForm(form: HmacForm): CompiledForm {
  const result = compileForm(form)
  if (result.form !== null) return result.form
  throw new SecurityError('ERR_SIGNATURE_FORM', {
    message: result.issues.map((issue) => `${issue.message} at \`${issue.pointer}\``).join('; '),
    issues: result.issues,
  })
}
