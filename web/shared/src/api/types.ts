/** The entities of the public API (Zendesk's JSON shapes). Fields that only Tugi has are marked "ours". */

export type Id = number
/** ISO 8601 in UTC, without fractions. */
export type Time = string

export type Status = 'new' | 'open' | 'pending' | 'hold' | 'solved' | 'closed' | 'deleted'
export type Priority = 'low' | 'normal' | 'high' | 'urgent'
export type TicketType = 'problem' | 'incident' | 'question' | 'task'
export type Role = 'end-user' | 'agent' | 'admin' | 'owner' | 'light_agent'

export interface Via { channel: string; source?: { from?: { address?: string; name?: string; ticket_id?: Id }; to?: { address?: string; name?: string }; rel?: string | null } }
export interface FieldValue { id: Id; value: unknown }

/** A ticket. `updated_stamp` (ours) grows with every change and guards against saving over a newer one. */
export interface Ticket {
  id: Id; subject: string | null; description: string; status: Status; custom_status_id: Id | null
  priority: Priority | null; type: TicketType | null; via: Via; created_at: Time; updated_at: Time; updated_stamp: string | number
  requester_id: Id; submitter_id: Id; assignee_id: Id | null; organization_id: Id | null; group_id: Id | null; brand_id: Id | null
  collaborator_ids: Id[]; follower_ids: Id[]; email_cc_ids: Id[]; problem_id: Id | null; has_incidents: boolean; is_public: boolean
  due_at: Time | null; tags: string[]; custom_fields: FieldValue[]; followup_ids: Id[]; ticket_form_id: Id | null; recipient: string | null
  external_id: string | null
}

export type DeliveryState = 'queued' | 'held' | 'sending' | 'sent' | 'failed' | 'bounced' | 'cancelled' | 'outbox'
/** State of an outgoing comment (ours). `at` of a held one is when it will leave. */
export interface Delivery { state: DeliveryState; at: Time | null; error: string | null; outbound_id: Id }

export interface Attachment { id: Id; file_name: string; content_url: string; content_type: string; size: number; inline: boolean; thumbnails?: { content_url: string }[] }

export interface Comment {
  id: Id; type: 'Comment'; author_id: Id; body: string; html_body: string; plain_body: string; public: boolean; attachments: Attachment[]
  audit_id: Id; via: Via; created_at: Time; metadata?: Record<string, unknown>
  /** Ours: the message with its quoted history; null when nothing was cut. */
  full_html_body: string | null
  delivery: Delivery | null; inbound_id: Id | null; has_remote_images: boolean
}

export interface AuditEvent { id: Id; type: string; field_name?: string; value?: unknown; previous_value?: unknown; body?: string; public?: boolean }
export interface Audit { id: Id; ticket_id: Id; created_at: Time; author_id: Id; via: Via; events: AuditEvent[] }

export interface User {
  id: Id; name: string; email: string | null; phone: string | null; role: Role; role_type?: number | null; custom_role_id?: Id | null
  locale: string | null; time_zone?: string | null; organization_id: Id | null; notes: string | null; details: string | null; tags: string[]
  user_fields: Record<string, unknown>; created_at: Time; updated_at: Time; active: boolean; suspended: boolean; photo?: { content_url: string } | null
  signature?: string | null; default_group_id?: Id | null; two_factor_auth_enabled?: boolean | null
}
/** Who is signed in; `id` is null for the anonymous user. */
export type Me = Omit<User, 'id'> & { id: Id | null }

export interface Identity { id: Id; user_id: Id; type: string; value: string; primary: boolean; verified: boolean; deliverable_state?: string }
export interface Organization { id: Id; name: string; domain_names: string[]; details: string | null; notes: string | null; tags: string[]; organization_fields: Record<string, unknown>; group_id: Id | null; created_at: Time }
export interface Group { id: Id; name: string; description?: string; default?: boolean; deleted?: boolean }
export interface GroupMembership { id: Id; user_id: Id; group_id: Id; default: boolean }
export interface Brand { id: Id; name: string; active: boolean; default: boolean }
export interface CustomStatus { id: Id; status_category: Status; agent_label: string; end_user_label: string; active: boolean; default: boolean }

export interface FieldOption { id?: Id; name: string; value: string }
export interface Field {
  id: Id; type: string; title: string; key?: string; description?: string; active: boolean; required?: boolean; position?: number; tag?: string | null
  custom_field_options?: FieldOption[]; removable?: boolean; regexp_for_validation?: string | null
}
export interface TicketForm { id: Id; name: string; display_name?: string; active: boolean; default: boolean; ticket_field_ids: Id[] }

export interface MacroAction { field: string; value: string | string[] }
export interface Macro { id: Id; title: string; active: boolean; actions: MacroAction[]; description?: string | null }
export interface View { id: Id; title: string; active: boolean; position: number; restriction: unknown; default?: boolean }
export interface ViewCount { view_id: Id; value: number | null; pretty: string; fresh: boolean }

export interface JobResult { id?: Id; index?: number; success?: boolean; status?: string; error?: string; details?: string }
export interface JobStatus { id: string; status: 'queued' | 'working' | 'completed' | 'failed' | 'killed'; total: number | null; progress: number | null; message: string | null; results: JobResult[] | { success: boolean } | null; undoable?: boolean }

export interface Presence { user_id: Id; name: string; doing: 'viewing' | 'answering' }
export interface Draft { html_body: string; public: boolean; updated_at: Time }
export interface Alarm { id: Id; kind: string; message_key?: string; fields: Record<string, string | number>; since: Time }
/** Ours: something an agent should see (mention, assignment, a reply on a followed ticket). */
export interface Notification { id: Id; kind: string; ticket_id: Id | null; actor_id: Id | null; excerpt: string | null; created_at: Time; read_at: Time | null }
export interface TimelineItem { ticket_id: Id; subject: string; status: Status; channel: string; comment_id: Id; author_id: Id; public: boolean; excerpt: string; created_at: Time }

export interface CursorMeta { has_more: boolean; after_cursor: string | null; before_cursor: string | null }
export interface SideLoads { users?: User[]; groups?: Group[]; organizations?: Organization[] }
export type CursorPage<K extends string, T> = { [P in K]: T[] } & SideLoads & { meta: CursorMeta; links: { next: string | null; prev: string | null }; count?: number }
export type OffsetPage<K extends string, T> = { [P in K]: T[] } & SideLoads & { count: number; next_page: string | null; previous_page: string | null }
export type SearchHit = (Ticket & { result_type: 'ticket' }) | (User & { result_type: 'user' }) | (Organization & { result_type: 'organization' })

/** Why a save was refused: the fields that both changed, and who changed them meanwhile. */
export interface ConflictBody { fields: string[]; ticket_id: Id; updated_stamp: string | number; by: { author_id: Id; created_at: Time }[] }
