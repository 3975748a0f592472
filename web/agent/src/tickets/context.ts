import type { Id, Ticket } from '@tugi/shared/api'
import { inject, provide, type ComputedRef, type InjectionKey, type Ref } from 'vue'
import type { TicketEdit } from './edit'

/** What the parts of an open ticket page share. */
export interface TicketContext { id: Ref<Id>; ticket: ComputedRef<Ticket | undefined>; edit: TicketEdit; readonly: ComputedRef<boolean> }
const KEY: InjectionKey<TicketContext> = Symbol('ticket')

export const provideTicket = (context: TicketContext): void => provide(KEY, context)
export function useTicketContext(): TicketContext {
  const context = inject(KEY)
  if (!context) throw new Error('used outside a ticket page')
  return context
}
