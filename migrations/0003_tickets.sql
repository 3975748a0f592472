CREATE TABLE brands (
    id {id},
    name TEXT NOT NULL,
    subdomain TEXT NOT NULL UNIQUE,
    host_mapping TEXT,
    active BOOLEAN NOT NULL,
    is_default BOOLEAN NOT NULL,
    signature_template TEXT NOT NULL,
    deleted BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- status: rank of the category (0 new, 1 open, 2 pending, 3 hold, 4 solved, 5 closed).
CREATE TABLE custom_statuses (
    id {id},
    status BIGINT NOT NULL,
    agent_label TEXT NOT NULL,
    end_user_label TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    end_user_description TEXT NOT NULL DEFAULT '',
    active BOOLEAN NOT NULL,
    is_default BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- kind: Zendesk's field type. System fields (subject, status ...) have rows too, with system = true.
CREATE TABLE ticket_fields (
    id {id},
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    title_in_portal TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    agent_description TEXT NOT NULL DEFAULT '',
    position BIGINT NOT NULL,
    active BOOLEAN NOT NULL,
    required BOOLEAN NOT NULL,
    required_in_portal BOOLEAN NOT NULL,
    visible_in_portal BOOLEAN NOT NULL,
    editable_in_portal BOOLEAN NOT NULL,
    collapsed_for_agents BOOLEAN NOT NULL,
    regexp TEXT,
    tag TEXT,
    options TEXT NOT NULL,
    system BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE ticket_forms (
    id {id},
    name TEXT NOT NULL,
    display_name TEXT NOT NULL,
    position BIGINT NOT NULL,
    active BOOLEAN NOT NULL,
    is_default BOOLEAN NOT NULL,
    end_user_visible BOOLEAN NOT NULL,
    in_all_brands BOOLEAN NOT NULL,
    restricted_brand_ids TEXT NOT NULL,
    ticket_field_ids TEXT NOT NULL,
    agent_conditions TEXT NOT NULL,
    end_user_conditions TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- rev grows by one with every audit. deleted_at: soft delete. Times: ms UTC.
CREATE TABLE tickets (
    id {id},
    rev BIGINT NOT NULL,
    external_id TEXT,
    subject TEXT NOT NULL,
    description TEXT NOT NULL,
    status BIGINT NOT NULL,
    custom_status_id BIGINT NOT NULL,
    priority BIGINT,
    type TEXT,
    requester_id BIGINT NOT NULL,
    submitter_id BIGINT NOT NULL,
    assignee_id BIGINT,
    group_id BIGINT,
    organization_id BIGINT,
    brand_id BIGINT NOT NULL,
    form_id BIGINT,
    problem_id BIGINT,
    via TEXT NOT NULL,
    via_source TEXT NOT NULL,
    recipient TEXT,
    is_public BOOLEAN NOT NULL,
    due_at BIGINT,
    satisfaction TEXT NOT NULL,
    comment_count BIGINT NOT NULL,
    has_incidents BOOLEAN NOT NULL,
    merged_into_id BIGINT,
    followup_of_id BIGINT,
    deleted_at BIGINT,
    deleted_by_id BIGINT,
    is_spam BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    status_changed_at BIGINT NOT NULL,
    initially_assigned_at BIGINT,
    assigned_at BIGINT,
    requester_updated_at BIGINT,
    assignee_updated_at BIGINT,
    latest_comment_at BIGINT,
    first_reply_at BIGINT,
    first_solved_at BIGINT,
    solved_at BIGINT,
    closed_at BIGINT,
    reopens BIGINT NOT NULL,
    replies BIGINT NOT NULL,
    assignee_stations BIGINT NOT NULL,
    group_stations BIGINT NOT NULL,
    first_reply_business_ms BIGINT,
    first_resolution_business_ms BIGINT,
    full_resolution_business_ms BIGINT,
    requester_wait_ms BIGINT NOT NULL,
    agent_wait_ms BIGINT NOT NULL,
    on_hold_ms BIGINT NOT NULL
);
CREATE INDEX tickets_updated ON tickets (updated_at, id);
CREATE INDEX tickets_status_updated ON tickets (status, updated_at, id);
CREATE INDEX tickets_assignee ON tickets (assignee_id, status, updated_at, id);
CREATE INDEX tickets_group ON tickets (group_id, status, updated_at, id);
CREATE INDEX tickets_requester ON tickets (requester_id, id);
CREATE INDEX tickets_organization ON tickets (organization_id, id);
CREATE INDEX tickets_problem ON tickets (problem_id);
CREATE INDEX tickets_external ON tickets (external_id);
CREATE INDEX tickets_created ON tickets (created_at, id);
CREATE INDEX tickets_solved ON tickets (solved_at, id);
CREATE INDEX tickets_first_reply ON tickets (first_reply_at, id) WHERE first_reply_at IS NOT NULL;
CREATE INDEX tickets_deleted ON tickets (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE ticket_tags (
    ticket_id BIGINT NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (ticket_id, tag)
);
CREATE INDEX ticket_tags_tag ON ticket_tags (tag, ticket_id);

-- One row a value; a multiselect has one row per option.
CREATE TABLE ticket_field_values (
    ticket_id BIGINT NOT NULL,
    field_id BIGINT NOT NULL,
    text_value TEXT,
    int_value BIGINT,
    real_value DOUBLE PRECISION
);
CREATE INDEX ticket_field_values_ticket ON ticket_field_values (ticket_id, field_id);
CREATE INDEX ticket_field_values_text ON ticket_field_values (field_id, text_value);
CREATE INDEX ticket_field_values_int ON ticket_field_values (field_id, int_value);

-- kind: cc (gets the public mails) or follower (gets all, works at the desk).
CREATE TABLE ticket_collaborators (
    ticket_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    PRIMARY KEY (ticket_id, user_id, kind)
);
CREATE INDEX ticket_collaborators_user ON ticket_collaborators (user_id, kind, ticket_id);

-- full_html_body: what came, when html_body is the new part of it only. message_id: of the mail that it came or went by.
CREATE TABLE comments (
    id {id},
    ticket_id BIGINT NOT NULL,
    author_id BIGINT NOT NULL,
    audit_id BIGINT NOT NULL,
    public BOOLEAN NOT NULL,
    body TEXT NOT NULL,
    html_body TEXT NOT NULL,
    full_html_body TEXT,
    has_remote_images BOOLEAN NOT NULL,
    via TEXT NOT NULL,
    via_source TEXT NOT NULL,
    inbound_id BIGINT,
    message_id TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX comments_ticket ON comments (ticket_id, id);
CREATE INDEX comments_author ON comments (author_id, id);
CREATE INDEX comments_message ON comments (message_id);
CREATE INDEX comments_created ON comments (created_at);

-- One row a saved change. events: JSON array of Zendesk's audit events.
CREATE TABLE audits (
    id {id},
    ticket_id BIGINT NOT NULL,
    author_id BIGINT NOT NULL,
    via TEXT NOT NULL,
    via_source TEXT NOT NULL,
    metadata TEXT NOT NULL,
    events TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX audits_ticket ON audits (ticket_id, id);
CREATE INDEX audits_created ON audits (created_at, id);

-- comment_id is null while an upload waits for its comment.
CREATE TABLE attachments (
    id {id},
    comment_id BIGINT,
    token TEXT NOT NULL UNIQUE,
    upload_token TEXT,
    file_name TEXT NOT NULL,
    content_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    blob_key TEXT NOT NULL,
    inline BOOLEAN NOT NULL,
    content_id TEXT,
    width BIGINT,
    height BIGINT,
    uploaded_by_id BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX attachments_comment ON attachments (comment_id);
CREATE INDEX attachments_upload ON attachments (upload_token);

-- owner_id: null for shared views. conditions, columns: JSON. sort_by: a field's name.
CREATE TABLE views (
    id {id},
    title TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    active BOOLEAN NOT NULL,
    position BIGINT NOT NULL,
    owner_id BIGINT,
    group_ids TEXT NOT NULL,
    conditions TEXT NOT NULL,
    columns TEXT NOT NULL,
    sort_by TEXT NOT NULL,
    sort_descending BOOLEAN NOT NULL,
    group_by TEXT,
    group_descending BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE macros (
    id {id},
    title TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    active BOOLEAN NOT NULL,
    position BIGINT NOT NULL,
    owner_id BIGINT,
    group_ids TEXT NOT NULL,
    actions TEXT NOT NULL,
    usage BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- What an agent has written and not yet sent. ticket_id 0 is the form for a new ticket.
CREATE TABLE drafts (
    user_id BIGINT NOT NULL,
    ticket_id BIGINT NOT NULL,
    html_body TEXT NOT NULL,
    public BOOLEAN NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, ticket_id)
);

-- Who is looking at a ticket. doing: viewing or answering.
CREATE TABLE presence (
    ticket_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    doing TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (ticket_id, user_id)
);

-- Two tickets that have to do with each other. kind: merge (from was merged into to), reply (from came as an answer to
-- a mail of to, by somebody who isn't on it), split (from was split off to).
CREATE TABLE ticket_links (
    from_id BIGINT NOT NULL,
    to_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    undo TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (from_id, to_id, kind)
);
CREATE INDEX ticket_links_to ON ticket_links (to_id);

CREATE TABLE notifications (
    id {id},
    user_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    ticket_id BIGINT,
    actor_id BIGINT,
    excerpt TEXT NOT NULL,
    read_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX notifications_user ON notifications (user_id, id);

{fulltext ticket_text};
