import type { Live } from '@tugi/shared/live'
import type { RouteLocationRaw } from 'vue-router'

/** Opens what a telephony program asks this agent to see: the ticket of a call, or who calls. Returns the way to stop. */
export function openDisplayed(live: Pick<Live, 'on'>, go: (to: RouteLocationRaw) => unknown): () => void {
  return live.on('display', (e) => {
    if (e.ticket_id) void go({ name: 'ticket', params: { id: e.ticket_id } })
    else if (e.user_id) void go({ name: 'customer', params: { id: e.user_id } })
  })
}
