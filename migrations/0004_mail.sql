-- Our own addresses, in lower case and without a plus-tag. name: the display name. verified_at: when mail to it first came.
CREATE TABLE addresses (
    id {id},
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    brand_id BIGINT NOT NULL,
    group_id BIGINT,
    is_default BOOLEAN NOT NULL,
    verified_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- What came in, as it came. state: received, processed, suspended, failed, ignored. external_id: Message-ID or hash;
-- fingerprint: hash of what the sender wrote, without trace fields, which tells a copy from another mail with the same id.
-- envelope: JSON (from, to, helo, address, tls). problems: JSON list of texts. verdict: pass, fail, none.
CREATE TABLE inbound_messages (
    id {id},
    channel TEXT NOT NULL,
    external_id TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    blob_key TEXT NOT NULL,
    size BIGINT NOT NULL,
    envelope TEXT NOT NULL,
    state TEXT NOT NULL,
    subject TEXT NOT NULL DEFAULT '',
    sender TEXT NOT NULL DEFAULT '',
    ticket_id BIGINT,
    comment_id BIGINT,
    verdict TEXT NOT NULL DEFAULT 'none',
    problems TEXT NOT NULL DEFAULT '[]',
    received_at BIGINT NOT NULL,
    processed_at BIGINT,
    UNIQUE (channel, external_id)
);
CREATE INDEX inbound_messages_state ON inbound_messages (state, id);
CREATE INDEX inbound_messages_sender ON inbound_messages (sender, received_at);

-- Kept out of the ticket stream, with the cause. Recovering runs the inbound message again without the check.
-- cause: a word of ours. ticket_id: the ticket that it would have joined.
CREATE TABLE suspended_tickets (
    id {id},
    inbound_id BIGINT NOT NULL,
    cause TEXT NOT NULL,
    author_name TEXT NOT NULL,
    author_email TEXT NOT NULL,
    subject TEXT NOT NULL,
    content TEXT NOT NULL,
    recipient TEXT NOT NULL,
    message_id TEXT,
    brand_id BIGINT,
    ticket_id BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX suspended_tickets_inbound ON suspended_tickets (inbound_id);
CREATE INDEX suspended_tickets_created ON suspended_tickets (created_at);

-- What goes out. state: held (undo is possible), queued, sending, sent, failed, bounced, cancelled, outbox (kept by the demo).
-- kind: reply (requester and copies), follower (one agent), letter (invitation, reset, verify). recipients: JSON list.
-- blob_key: the composed message, made once, so that every attempt sends the same bytes under the same Message-ID.
-- next_attempt_at: when it is sent, or tried again. job_key: the job that is sending it; only that one goes on after a crash.
CREATE TABLE outbound_messages (
    id {id},
    kind TEXT NOT NULL,
    ticket_id BIGINT,
    comment_id BIGINT,
    user_id BIGINT,
    message_id TEXT NOT NULL UNIQUE,
    sender TEXT NOT NULL,
    recipients TEXT NOT NULL,
    subject TEXT NOT NULL,
    automatic BOOLEAN NOT NULL,
    blob_key TEXT,
    state TEXT NOT NULL,
    job_key TEXT,
    attempts BIGINT NOT NULL,
    next_attempt_at BIGINT,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    sent_at BIGINT
);
CREATE INDEX outbound_messages_state ON outbound_messages (state, id);
CREATE INDEX outbound_messages_comment ON outbound_messages (comment_id);
CREATE INDEX outbound_messages_ticket ON outbound_messages (ticket_id, id);

-- IMAP mailboxes. security: tls, starttls, none. auth: password, xoauth2. provider: google, microsoft, custom or empty.
-- secret: sealed password or OAuth 2 tokens (JSON). uid_validity, last_uid: how far it was fetched.
-- after_fetch: keep, seen, delete, or move (to move_to). state: new, ok, failed, token_dead.
CREATE TABLE mailboxes (
    id {id},
    address_id BIGINT,
    host TEXT NOT NULL,
    port BIGINT NOT NULL,
    security TEXT NOT NULL,
    username TEXT NOT NULL,
    auth TEXT NOT NULL,
    provider TEXT NOT NULL DEFAULT '',
    secret TEXT NOT NULL,
    folder TEXT NOT NULL,
    after_fetch TEXT NOT NULL,
    move_to TEXT,
    active BOOLEAN NOT NULL,
    uid_validity BIGINT,
    last_uid BIGINT,
    state TEXT NOT NULL,
    last_error TEXT,
    checked_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Senders and domains whose mail is suspended (block) or never suspended (allow).
CREATE TABLE sender_lists (
    pattern TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- Templates of outgoing mail. kind: reply, invitation, reset, verify. Liquid, with Zendesk's placeholders.
CREATE TABLE mail_templates (
    id {id},
    brand_id BIGINT NOT NULL,
    locale TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    html TEXT NOT NULL,
    text TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (brand_id, locale, kind)
);
