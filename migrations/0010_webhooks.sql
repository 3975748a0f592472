-- Addresses outside that are told of what happens. id: a ULID. authentication: sealed JSON. signing_secret: sealed.
-- failures: attempts that failed one after the other. paused_until: no attempt is made before, since too many failed.
CREATE TABLE webhooks (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    status TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    http_method TEXT NOT NULL,
    request_format TEXT NOT NULL,
    subscriptions TEXT NOT NULL,
    authentication TEXT,
    custom_headers TEXT NOT NULL,
    signing_secret TEXT NOT NULL,
    created_by BIGINT NOT NULL,
    updated_by BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    failures BIGINT NOT NULL,
    paused_until BIGINT
);

-- One thing that a webhook is to be told. status: pending, success or failed. query, body: what is sent.
CREATE TABLE webhook_invocations (
    id TEXT PRIMARY KEY,
    webhook_id TEXT NOT NULL,
    cause TEXT NOT NULL,
    status TEXT NOT NULL,
    status_code BIGINT,
    query TEXT NOT NULL,
    body TEXT NOT NULL,
    tries BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    latest_completed_at BIGINT
);
CREATE INDEX webhook_invocations_of ON webhook_invocations (webhook_id, id);
CREATE INDEX webhook_invocations_age ON webhook_invocations (created_at);

-- One attempt at telling it, without secrets. status: success or failed. response_body: its beginning.
CREATE TABLE webhook_attempts (
    id TEXT PRIMARY KEY,
    webhook_id TEXT NOT NULL,
    invocation_id TEXT NOT NULL,
    status TEXT NOT NULL,
    status_code BIGINT,
    error TEXT,
    request TEXT NOT NULL,
    response_headers TEXT NOT NULL,
    response_body TEXT NOT NULL,
    completed_at BIGINT NOT NULL
);
CREATE INDEX webhook_attempts_of ON webhook_attempts (invocation_id, id);
CREATE INDEX webhook_attempts_lately ON webhook_attempts (webhook_id, completed_at);
