/** The columns that a view can show. */
export const COLUMNS = ['status', 'subject', 'requester', 'assignee', 'group', 'priority', 'updated', 'created', 'type', 'organization', 'brand', 'channel', 'due_date', 'solved', 'nice_id'] as const
/** What the tickets of a view can be ordered by. */
export const SORTS = ['updated', 'created', 'nice_id', 'status', 'priority', 'assignee', 'group', 'requester', 'due_date', 'solved'] as const
