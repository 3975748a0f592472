import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { loadAnewAfterUpgrade } from './upgrade'
import { adminRoutes } from '../admin/routes'
import { isAdmin, isSignedIn, loadMe, me } from './session'

declare module 'vue-router' {
  interface RouteMeta { public?: boolean; admin?: boolean; title?: string }
}

/** Pages that need nobody signed in. */
const doors: RouteRecordRaw[] = [
  { path: '/login', name: 'login', component: () => import('./auth/SignIn.vue'), meta: { public: true, title: 'auth.signIn' } },
  { path: '/password', name: 'forgotten', component: () => import('./auth/Forgotten.vue'), meta: { public: true, title: 'auth.forgotten' } },
  { path: '/password/:token', name: 'password', component: () => import('./auth/SetPassword.vue'), meta: { public: true, title: 'auth.setPassword' } },
  { path: '/setup', name: 'setup', component: () => import('./auth/Setup.vue'), meta: { public: true, title: 'setup.title' } },
]

const pages: RouteRecordRaw[] = [
  { path: '', redirect: '/views' },
  { path: 'views/:view(\\d+)?', name: 'views', component: () => import('../tickets/list/ViewsPage.vue'), meta: { title: 'nav.tickets' } },
  { path: 'search', name: 'search', component: () => import('../tickets/list/SearchPage.vue'), meta: { title: 'nav.search' } },
  { path: 'tickets/new', name: 'new-ticket', component: () => import('../tickets/NewTicketPage.vue'), meta: { title: 'nav.newTicket' } },
  { path: 'tickets/:id(\\d+)', name: 'ticket', component: () => import('../tickets/TicketPage.vue') },
  { path: 'customers', name: 'customers', component: () => import('../people/CustomersPage.vue'), meta: { title: 'nav.customers' } },
  { path: 'customers/:id(\\d+)', name: 'customer', component: () => import('../people/CustomerPage.vue') },
  { path: 'organizations', name: 'organizations', component: () => import('../people/OrganizationsPage.vue'), meta: { title: 'nav.organizations' } },
  { path: 'organizations/:id(\\d+)', name: 'organization', component: () => import('../people/OrganizationPage.vue') },
  { path: 'dashboard', name: 'dashboard', component: () => import('../insight/DashboardPage.vue'), meta: { title: 'nav.dashboard' } },
  { path: 'dashboard/tickets', name: 'dashboard-tickets', component: () => import('../insight/MetricTicketsPage.vue'), meta: { title: 'nav.dashboard' } },
  { path: 'profile', name: 'profile', component: () => import('./profile/ProfilePage.vue'), meta: { title: 'nav.profile' } },
  { path: 'admin', component: () => import('../admin/AdminLayout.vue'), meta: { admin: true, title: 'nav.admin' }, children: adminRoutes },
  { path: ':rest(.*)*', name: 'missing', component: () => import('./MissingPage.vue'), meta: { title: 'errors.notFound' } },
]

export const router = createRouter({
  history: createWebHistory('/agent/'),
  routes: [...doors, { path: '/', component: () => import('./Shell.vue'), children: pages }],
})

router.beforeEach(async (to) => {
  if (to.meta.public) return true
  if (!me.value) await loadMe().catch(() => undefined)
  if (!isSignedIn.value) return { name: 'login', query: to.fullPath === '/views' || to.fullPath === '/' ? {} : { next: to.fullPath } }
  if (to.matched.some((r) => r.meta.admin) && !isAdmin.value) return { name: 'views' }
  return true
})

loadAnewAfterUpgrade(router, (href) => window.location.assign(href))
