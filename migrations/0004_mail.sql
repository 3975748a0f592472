-- Our own addresses. verified: mail to it has arrived.
CREATE TABLE addresses (
    id {id},
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    brand_id BIGINT NOT NULL,
    group_id BIGINT,
    is_default BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- What came in, as it came. state: received, processed, suspended, failed, ignored. external_id: Message-ID or hash.
-- envelope: JSON (from, to, helo, address). problems: JSON.
CREATE TABLE inbound_messages (
    id {id},
    channel TEXT NOT NULL,
    external_id TEXT NOT NULL,
    blob_key TEXT NOT NULL,
    size BIGINT NOT NULL,
    envelope TEXT NOT NULL,
    state TEXT NOT NULL,
    subject TEXT NOT NULL DEFAULT '',
    sender TEXT NOT NULL DEFAULT '',
    ticket_id BIGINT,
    comment_id BIGINT,
    problems TEXT NOT NULL DEFAULT '[]',
    received_at BIGINT NOT NULL,
    processed_at BIGINT,
    UNIQUE (channel, external_id)
);
CREATE INDEX inbound_messages_state ON inbound_messages (state, id);
CREATE INDEX inbound_messages_sender ON inbound_messages (sender, received_at);

-- Kept out of the ticket stream, with the cause. Recovering runs the inbound message again without the check.
CREATE TABLE suspended_tickets (
    id {id},
    inbound_id BIGINT NOT NULL,
    cause TEXT NOT NULL,
    author_name TEXT NOT NULL,
    author_email TEXT NOT NULL,
    subject TEXT NOT NULL,
    content TEXT NOT NULL,
    recipient TEXT NOT NULL,
    ticket_id BIGINT,
    created_at BIGINT NOT NULL
);

-- What goes out. state: held (undo is possible), queued, sending, sent, failed, bounced, cancelled, outbox (kept by the demo).
-- blob_key: the composed message, made once, so that every attempt sends the same bytes under the same Message-ID.
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
    blob_key TEXT,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_attempt_at BIGINT,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    sent_at BIGINT
);
CREATE INDEX outbound_messages_state ON outbound_messages (state, id);
CREATE INDEX outbound_messages_comment ON outbound_messages (comment_id);

-- IMAP mailboxes. secret: sealed password or OAuth 2 tokens (JSON). uid_validity, last_uid: how far it was fetched.
CREATE TABLE mailboxes (
    id {id},
    address_id BIGINT,
    host TEXT NOT NULL,
    port BIGINT NOT NULL,
    security TEXT NOT NULL,
    username TEXT NOT NULL,
    auth TEXT NOT NULL,
    secret TEXT NOT NULL,
    folder TEXT NOT NULL,
    after_fetch TEXT NOT NULL,
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
