// TypeDoc plugin: documents each entry of CODES by its own phase and title, which the source says only once.
import { Comment, Converter, IntrinsicType, ReflectionKind } from 'typedoc'

/** @param {import('typedoc').Application} app */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    const entries = project.getReflectionsByKind(ReflectionKind.Variable).find(({ name }) => name === 'CODES')
    if (entries === undefined) throw new Error('the table of codes, CODES, is not exported')
    for (const code of entries.type.declaration.children) {
      const { declaration } = code.type
      const [phase, title] = ['phase', 'title'].map((name) => declaration.getChildByName(name).type.value)
      code.comment = new Comment([{ kind: 'text', text: `In the phase \`${phase}\`: ${title}.` }])
      project.removeReflection(declaration)
      code.type = new IntrinsicType('object')
    }
  })
}
