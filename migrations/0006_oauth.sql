-- Where the record is found that an Idempotency-Key stands for.
ALTER TABLE idempotency ADD COLUMN place TEXT NOT NULL DEFAULT '';
CREATE INDEX idempotency_created ON idempotency (created_at);

-- Filters of the audit log.
CREATE INDEX audit_log_actor ON audit_log (actor_id, id);
CREATE INDEX audit_log_source ON audit_log (source_type, source_id, id);

-- Programs that ask people for access. kind: public (keeps no secret) or confidential. redirect_uris: JSON.
CREATE TABLE oauth_clients (
    id {id},
    user_id BIGINT NOT NULL,
    identifier TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    company TEXT NOT NULL DEFAULT '',
    description TEXT NOT NULL DEFAULT '',
    kind TEXT NOT NULL,
    redirect_uris TEXT NOT NULL,
    secret_hash TEXT,
    secret_hint TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX oauth_clients_user ON oauth_clients (user_id);

-- What somebody allowed a program, until the program fetches its token. scopes: names separated by spaces.
CREATE TABLE oauth_codes (
    code_hash TEXT PRIMARY KEY,
    client_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    redirect_uri TEXT NOT NULL,
    scopes TEXT NOT NULL,
    challenge TEXT,
    challenge_method TEXT,
    lasts BIGINT,
    refresh_lasts BIGINT,
    expires_at BIGINT NOT NULL
);

-- Access tokens. A refresh puts new texts into the same row, so that the older ones open nothing any more.
-- lasts, refresh_lasts: milliseconds that each new text works.
CREATE TABLE oauth_tokens (
    id {id},
    client_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    scopes TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    token_hint TEXT NOT NULL,
    refresh_hash TEXT UNIQUE,
    refresh_hint TEXT,
    lasts BIGINT,
    refresh_lasts BIGINT,
    created_at BIGINT NOT NULL,
    used_at BIGINT,
    expires_at BIGINT,
    refresh_expires_at BIGINT
);
CREATE INDEX oauth_tokens_user ON oauth_tokens (user_id);
CREATE INDEX oauth_tokens_client ON oauth_tokens (client_id);

-- What people chose for their workspace beside their profile. value: JSON.
CREATE TABLE user_settings (
    user_id BIGINT PRIMARY KEY,
    value TEXT NOT NULL
);
