/** What a role may do; the API's names, in the order of the editor. */
export const PERMISSIONS = [
  'ticket_read', 'ticket_note', 'ticket_reply', 'ticket_edit', 'ticket_delete', 'people_read', 'people_edit', 'people_delete',
  'personal_rules', 'shared_rules', 'report_read', 'agent_manage', 'desk_manage', 'mail_manage', 'security_manage',
] as const
/** Which tickets somebody sees. */
export const ACCESS = ['all', 'groups', 'assigned', 'organization', 'requested'] as const
/** What an agent can be; the owner is made at setup. */
export const ROLES = ['light-agent', 'agent', 'admin'] as const

/** The role as the editor names it: Zendesk's `role` does not tell light agents and the owner apart. */
export function roleOf(user: Record<string, unknown>): 'owner' | (typeof ROLES)[number] {
  if (user.owner || user.role === 'owner') return 'owner'
  if (user.role === 'admin') return 'admin'
  return user.role_type === 1 || user.role === 'light_agent' ? 'light-agent' : 'agent'
}
