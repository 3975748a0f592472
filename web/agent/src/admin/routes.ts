import type { RouteRecordRaw } from 'vue-router'

/** One admin page: its address under /admin, its name in the catalogue (admin.pages.*) and its place in the side navigation. */
export interface AdminPage { path: string; name: string; icon: string; section: 'desk' | 'people' | 'tickets' | 'mail' | 'security'; component: () => Promise<unknown> }

export const adminPages: AdminPage[] = [
  { path: 'groups', name: 'groups', icon: 'i-lucide-users-round', section: 'people', component: () => import('./GroupsPage.vue') },
]

export const adminRoutes: RouteRecordRaw[] = [
  { path: '', redirect: () => `/admin/${adminPages[0]!.path}` },
  ...adminPages.map((p) => ({ path: p.path, name: `admin-${p.name}`, component: p.component as () => Promise<object>, meta: { admin: true, title: `admin.pages.${p.name}` } }) as RouteRecordRaw),
]
