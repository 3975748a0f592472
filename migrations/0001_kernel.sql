-- What happened, in commit order. Every node's live streams, and later webhooks, read from here.
CREATE TABLE events (
    seq {id},
    kind TEXT NOT NULL,
    ticket_id BIGINT,
    user_id BIGINT,
    payload TEXT NOT NULL,
    at BIGINT NOT NULL
);

-- Work to be done outside the transaction that asked for it.
CREATE TABLE jobs (
    id {id},
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    run_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    locked_until BIGINT,
    last_error TEXT,
    unique_key TEXT UNIQUE,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX jobs_due ON jobs (state, run_at);

-- Small contents; large ones are objects in the blob store under the same key.
CREATE TABLE blobs (
    key TEXT PRIMARY KEY,
    size BIGINT NOT NULL,
    content {blob},
    created_at BIGINT NOT NULL
);

-- The desk's settings, one JSON value a name.
CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- What admins did to the desk itself.
CREATE TABLE audit_log (
    id {id},
    actor_id BIGINT NOT NULL,
    action TEXT NOT NULL,
    source_type TEXT NOT NULL,
    source_id BIGINT,
    source_label TEXT NOT NULL,
    change_description TEXT NOT NULL,
    ip_address TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX audit_log_created ON audit_log (created_at);

-- What needs an admin's attention until it is over.
CREATE TABLE alarms (
    id {id},
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    fields TEXT NOT NULL,
    since BIGINT NOT NULL,
    UNIQUE (kind, subject)
);

-- Attempts at things that are throttled, such as signing in.
CREATE TABLE attempts (
    key TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX attempts_key ON attempts (key, at);

-- Answers to requests that carried an Idempotency-Key.
CREATE TABLE idempotency (
    key TEXT PRIMARY KEY,
    request_hash TEXT NOT NULL,
    status BIGINT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- Progress of bulk work, as the API's job statuses show it.
CREATE TABLE job_statuses (
    id TEXT PRIMARY KEY,
    actor_id BIGINT NOT NULL,
    job_type TEXT NOT NULL,
    status TEXT NOT NULL,
    total BIGINT,
    progress BIGINT,
    message TEXT,
    results TEXT,
    undo TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
