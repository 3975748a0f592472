import { ref, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { errorText, formErrors } from '../../app/errors'
import { placeErrors, problemsOf, shown, type Draft, type FieldSpec, type Problems } from './schema'

/** Checks and sends a form; what the server finds wrong is shown at its field, the rest above the form. */
export function useSchemaForm(fields: () => FieldSpec[], draft: Ref<Draft>) {
  const { t } = useI18n()
  const errors = ref<Problems>({})
  const problem = ref('')
  const busy = ref(false)
  const clear = () => { errors.value = {}; problem.value = '' }
  const words = { blank: () => t('errors.field.blank'), email: () => t('errors.field.email'), range: () => t('errors.field.invalid') }

  async function submit(send: () => Promise<unknown>): Promise<boolean> {
    clear()
    errors.value = Object.fromEntries(problemsOf(fields(), draft.value).map((p) => [p.field, words[p.code]()]))
    if (Object.keys(errors.value).length) return false
    busy.value = true
    try {
      await send()
      return true
    } catch (e) {
      const placed = placeErrors(shown(fields(), draft.value).map((f) => f.key), formErrors(e).map((x) => ({ ...x, name: x.name.replace(/^(output|relay|business_hours|goals)\./, '') })))
      errors.value = placed.fields
      problem.value = placed.rest.join(' ') || (Object.keys(placed.fields).length ? '' : errorText(e))
      return false
    } finally { busy.value = false }
  }
  return { errors, problem, busy, clear, submit }
}
