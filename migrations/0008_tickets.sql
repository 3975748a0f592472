-- What was deleted for good: the ticket's number and its people stay, its words do not.
ALTER TABLE tickets ADD COLUMN scrubbed_at BIGINT;

-- One rating a ticket, the newest. score: offered, good, bad. reason_code: a number of the list of reasons.
CREATE TABLE satisfaction_ratings (
    id {id},
    ticket_id BIGINT NOT NULL UNIQUE,
    score TEXT NOT NULL,
    comment TEXT,
    reason_code BIGINT,
    requester_id BIGINT NOT NULL,
    assignee_id BIGINT,
    group_id BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX satisfaction_ratings_created ON satisfaction_ratings (created_at, id);

-- Tickets that an agent passed by when working through a view, and why.
CREATE TABLE skips (
    id {id},
    ticket_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    reason TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX skips_ticket ON skips (ticket_id, id);
CREATE INDEX skips_user ON skips (user_id, id);

CREATE TABLE bookmarks (
    id {id},
    user_id BIGINT NOT NULL,
    ticket_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (user_id, ticket_id)
);

-- When an agent last had a ticket open.
CREATE TABLE recent_tickets (
    user_id BIGINT NOT NULL,
    ticket_id BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, ticket_id)
);

-- kind: ticket, user, organization, side_conversation, article. filters: a JSON text of the client's own.
CREATE TABLE saved_searches (
    id TEXT PRIMARY KEY,
    user_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    query TEXT NOT NULL,
    filters TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX saved_searches_user ON saved_searches (user_id, created_at);

-- The custom statuses that a form offers; one without rows offers all.
CREATE TABLE ticket_form_statuses (
    id TEXT PRIMARY KEY,
    form_id BIGINT NOT NULL,
    custom_status_id BIGINT NOT NULL,
    UNIQUE (form_id, custom_status_id)
);

-- Files of macros. macro_id is null while an upload waits for its macro.
CREATE TABLE macro_attachments (
    id {id},
    macro_id BIGINT,
    file_name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    blob_key TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX macro_attachments_macro ON macro_attachments (macro_id);

-- Mail to others about a ticket, beside its comments. state: open, closed. participants: JSON list of user_id, name, email.
CREATE TABLE side_conversations (
    number {id},
    id TEXT NOT NULL UNIQUE,
    ticket_id BIGINT NOT NULL,
    subject TEXT NOT NULL,
    preview_text TEXT NOT NULL,
    state TEXT NOT NULL,
    participants TEXT NOT NULL,
    external_ids TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    message_added_at BIGINT NOT NULL,
    state_updated_at BIGINT NOT NULL
);
CREATE INDEX side_conversations_ticket ON side_conversations (ticket_id, number);

-- kind: create, reply, update. actor, message, updates: JSON as the API shows them. outbound_id, inbound_id: the mail.
CREATE TABLE side_conversation_events (
    number {id},
    id TEXT NOT NULL UNIQUE,
    conversation_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    via TEXT NOT NULL,
    actor TEXT NOT NULL,
    message TEXT,
    updates TEXT NOT NULL,
    outbound_id BIGINT,
    inbound_id BIGINT,
    message_id TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX side_conversation_events_conversation ON side_conversation_events (conversation_id, number);
CREATE INDEX side_conversation_events_message ON side_conversation_events (message_id);

-- event_id is null while an upload waits for its message.
CREATE TABLE side_conversation_attachments (
    id TEXT PRIMARY KEY,
    event_id TEXT,
    file_name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    blob_key TEXT NOT NULL,
    uploaded_by_id BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX side_conversation_attachments_event ON side_conversation_attachments (event_id);

-- Calls that another program reports. fields: JSON, the call as the API takes it, beside the columns.
CREATE TABLE calls (
    id TEXT PRIMARY KEY,
    ticket_id BIGINT,
    agent_id BIGINT,
    user_id BIGINT,
    direction TEXT NOT NULL,
    from_line TEXT NOT NULL,
    to_line TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    fields TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX calls_ticket ON calls (ticket_id);

-- The desk's telephone numbers, for programs that ask which they are.
CREATE TABLE phone_numbers (
    id {id},
    number TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    group_ids TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
