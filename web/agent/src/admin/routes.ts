import type { RouteRecordRaw } from 'vue-router'

export type Section = 'desk' | 'people' | 'tickets' | 'mail'
/** One admin page: its address under /admin, its name in the catalogue (admin.pages.*) and its place in the side navigation. */
export interface AdminPage { path: string; name: string; icon: string; section: Section; component: () => Promise<unknown>; of?: string }

export const adminPages: AdminPage[] = [
  { path: 'agents', name: 'agents', icon: 'i-lucide-headset', section: 'people', component: () => import('./people/AgentsPage.vue') },
  { path: 'groups', name: 'groups', icon: 'i-lucide-users-round', section: 'people', component: () => import('./people/GroupsPage.vue') },
  { path: 'roles', name: 'roles', icon: 'i-lucide-id-card', section: 'people', component: () => import('./people/RolesPage.vue') },
  { path: 'addresses', name: 'addresses', icon: 'i-lucide-at-sign', section: 'mail', component: () => import('./mail/AddressesPage.vue') },
  { path: 'mailboxes', name: 'mailboxes', icon: 'i-lucide-mailbox', section: 'mail', component: () => import('./mail/MailboxesPage.vue') },
  { path: 'outgoing', name: 'outgoing', icon: 'i-lucide-mail-check', section: 'mail', component: () => import('./mail/OutgoingPage.vue') },
  { path: 'templates', name: 'templates', icon: 'i-lucide-mail-open', section: 'mail', component: () => import('./mail/TemplatesPage.vue') },
  { path: 'outbox', name: 'outbox', icon: 'i-lucide-send', section: 'mail', component: () => import('./mail/OutboxPage.vue') },
  { path: 'inbound', name: 'inbound', icon: 'i-lucide-inbox', section: 'mail', component: () => import('./mail/InboundPage.vue') },
  { path: 'suspended', name: 'suspended', icon: 'i-lucide-shield-check', section: 'mail', component: () => import('./mail/SuspendedPage.vue') },
  { path: 'senders', name: 'senders', icon: 'i-lucide-list-x', section: 'mail', component: () => import('./mail/SendersPage.vue') },
  { path: 'fields', name: 'fields', icon: 'i-lucide-text-cursor-input', section: 'tickets', component: () => import('./tickets/FieldsPage.vue'), of: 'ticket_fields' },
  { path: 'forms', name: 'forms', icon: 'i-lucide-clipboard-list', section: 'tickets', component: () => import('./tickets/FormsPage.vue') },
  { path: 'statuses', name: 'statuses', icon: 'i-lucide-circle-dot', section: 'tickets', component: () => import('./tickets/StatusesPage.vue') },
  { path: 'views', name: 'views', icon: 'i-lucide-list-filter', section: 'tickets', component: () => import('./tickets/ViewsPage.vue') },
  { path: 'macros', name: 'macros', icon: 'i-lucide-message-square-quote', section: 'tickets', component: () => import('./tickets/MacrosPage.vue') },
  { path: 'brands', name: 'brands', icon: 'i-lucide-tag', section: 'tickets', component: () => import('./tickets/BrandsPage.vue') },
  { path: 'user-fields', name: 'userFields', icon: 'i-lucide-user-pen', section: 'people', component: () => import('./tickets/FieldsPage.vue'), of: 'user_fields' },
  { path: 'organization-fields', name: 'organizationFields', icon: 'i-lucide-building-2', section: 'people', component: () => import('./tickets/FieldsPage.vue'), of: 'organization_fields' },
  { path: 'deleted', name: 'deleted', icon: 'i-lucide-trash-2', section: 'tickets', component: () => import('./desk/DeletedTicketsPage.vue') },
  { path: 'desk', name: 'desk', icon: 'i-lucide-store', section: 'desk', component: () => import('./desk/DeskPage.vue') },
  { path: 'hours', name: 'hours', icon: 'i-lucide-clock', section: 'desk', component: () => import('./desk/HoursPage.vue') },
  { path: 'goals', name: 'goals', icon: 'i-lucide-target', section: 'desk', component: () => import('./desk/GoalsPage.vue') },
  { path: 'security', name: 'security', icon: 'i-lucide-key-round', section: 'desk', component: () => import('./desk/SecurityPage.vue') },
  { path: 'audit-log', name: 'auditLog', icon: 'i-lucide-scroll-text', section: 'desk', component: () => import('./desk/AuditLogPage.vue') },
  { path: 'alarms', name: 'alarms', icon: 'i-lucide-triangle-alert', section: 'desk', component: () => import('./desk/AlarmsPage.vue') },
]

export const adminRoutes: RouteRecordRaw[] = [
  { path: '', redirect: () => `/admin/${adminPages[0]!.path}` },
  ...adminPages.map((p) => ({ path: p.path, name: `admin-${p.name}`, component: p.component as () => Promise<object>, meta: { admin: true, title: `admin.pages.${p.name}`, adminOf: p.of } }) as RouteRecordRaw),
]
