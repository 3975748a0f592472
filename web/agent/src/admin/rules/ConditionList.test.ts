import ui from '@nuxt/ui/vue-plugin'
import { VueQueryPlugin } from '@tanstack/vue-query'
import { createCatalogue } from '@tugi/shared/i18n'
import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import en from '../../locales/en'
import ConditionList from './ConditionList.vue'
import type { Condition, FieldDef } from './definitions'

const defs: FieldDef[] = [
  { subject: 'status', title_key: 'rules.fields.status', group: 'ticket', type: 'list', nullable: false, values_from: null, operators: [{ value: 'is', title_key: 'rules.operators.is', terminal: false }], values: [{ value: 'open', title_key: 'rules.values.status.open' }] },
  { subject: 'custom_fields_7', title: 'Contract', group: 'custom', type: 'text', nullable: true, values_from: null, operators: [{ value: 'is', title_key: 'rules.operators.is', terminal: false }, { value: 'present', title_key: 'rules.operators.present', terminal: true }], values: [] },
]

function show(modelValue: Condition[], errors = {}) {
  const i18n = createCatalogue()
  i18n.global.setLocaleMessage('en', en as never)
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: { template: '<i/>' } }] })
  return mount(ConditionList, { props: { modelValue, defs, label: 'All', place: 'conditions.all', errors }, global: { plugins: [router, ui, i18n, VueQueryPlugin] } })
}

describe('conditions editor', () => {
  it('is drawn from the vocabulary: words of fields, operators and values', () => {
    const text = show([{ field: 'status', operator: 'is', value: 'open' }]).text()
    expect(text).toContain('Status category')
    expect(text).toContain('is')
    expect(text).toContain('Open')
  })
  it('asks for no value where the operator takes none', () => {
    const value = (operator: string) => show([{ field: 'custom_fields_7', operator, value: '' }]).find('input[aria-label="Contract: value"]').exists()
    expect([value('is'), value('present')]).toEqual([true, false])
  })
  it('adds and removes conditions', async () => {
    const editor = show([{ field: 'status', operator: 'is', value: 'open' }])
    await editor.find('button[aria-label="Add condition: All"]').trigger('click')
    expect(editor.emitted('update:modelValue')![0]![0]).toHaveLength(2)
    await editor.find('button[aria-label="Delete Status category"]').trigger('click')
    expect(editor.emitted('update:modelValue')![1]![0]).toHaveLength(1)
  })
  it('shows what the server finds wrong at its row', () => {
    const editor = show([{ field: 'status', operator: 'is', value: 'open' }, { field: 'custom_fields_7', operator: 'is', value: '' }], { 'conditions.all.1.value': 'is missing' })
    expect(editor.findAll('[role=alert]').map((e) => e.text())).toEqual(['is missing'])
  })
  it('says so when a field is not there any more', () => expect(show([{ field: 'gone', operator: 'is', value: '' }]).text()).toContain('gone'))
})
