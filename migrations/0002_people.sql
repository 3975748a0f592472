CREATE TABLE organizations (
    id {id},
    name TEXT NOT NULL UNIQUE,
    external_id TEXT,
    details TEXT NOT NULL DEFAULT '',
    notes TEXT NOT NULL DEFAULT '',
    group_id BIGINT,
    shared_tickets BOOLEAN NOT NULL,
    shared_comments BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX organizations_external ON organizations (external_id);

CREATE TABLE organization_domains (
    domain TEXT PRIMARY KEY,
    organization_id BIGINT NOT NULL
);
CREATE INDEX organization_domains_organization ON organization_domains (organization_id);

CREATE TABLE organization_tags (
    organization_id BIGINT NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (organization_id, tag)
);

-- password_hash: Argon2id in PHC form. totp_secret: sealed. role: see base::Role. ticket_access: see base::TicketAccess.
CREATE TABLE users (
    id {id},
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    email TEXT,
    phone TEXT,
    role TEXT NOT NULL,
    custom_role_id BIGINT,
    ticket_access TEXT NOT NULL,
    organization_id BIGINT,
    default_group_id BIGINT,
    locale TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    external_id TEXT,
    alias TEXT,
    signature TEXT NOT NULL DEFAULT '',
    details TEXT NOT NULL DEFAULT '',
    notes TEXT NOT NULL DEFAULT '',
    photo_key TEXT,
    active BOOLEAN NOT NULL,
    verified BOOLEAN NOT NULL,
    suspended BOOLEAN NOT NULL,
    moderator BOOLEAN NOT NULL,
    password_hash TEXT,
    totp_secret TEXT,
    totp_confirmed BOOLEAN NOT NULL,
    totp_last_step BIGINT,
    last_login_at BIGINT,
    merged_into_id BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX users_role ON users (role, id);
CREATE INDEX users_updated ON users (updated_at, id);
CREATE INDEX users_organization ON users (organization_id);
CREATE INDEX users_name ON users (name_folded);
CREATE INDEX users_external ON users (external_id);
CREATE INDEX users_created ON users (created_at, id);
CREATE INDEX users_phone ON users (phone);
CREATE INDEX users_custom_role ON users (custom_role_id);

-- kind: email, phone_number, google, facebook, twitter ... A value belongs to one person. Values are normalised.
CREATE TABLE user_identities (
    id {id},
    user_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    verified BOOLEAN NOT NULL,
    is_primary BOOLEAN NOT NULL,
    deliverable_state TEXT NOT NULL,
    undeliverable_count BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (kind, value)
);
CREATE INDEX user_identities_user ON user_identities (user_id);

CREATE TABLE user_tags (
    user_id BIGINT NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (user_id, tag)
);

CREATE TABLE groups (
    id {id},
    name TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    is_default BOOLEAN NOT NULL,
    is_public BOOLEAN NOT NULL,
    deleted BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE group_memberships (
    id {id},
    user_id BIGINT NOT NULL,
    group_id BIGINT NOT NULL,
    is_default BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (user_id, group_id)
);
CREATE INDEX group_memberships_group ON group_memberships (group_id);

CREATE TABLE organization_memberships (
    id {id},
    user_id BIGINT NOT NULL,
    organization_id BIGINT NOT NULL,
    is_default BOOLEAN NOT NULL,
    view_tickets BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (user_id, organization_id)
);
CREATE INDEX organization_memberships_organization ON organization_memberships (organization_id);

-- permissions: names separated by spaces, see base::Permission.
CREATE TABLE custom_roles (
    id {id},
    name TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL DEFAULT '',
    permissions TEXT NOT NULL,
    ticket_access TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Custom fields of users and organizations. owner: user or organization. Values are typed as in ticket_field_values.
CREATE TABLE people_fields (
    id {id},
    owner TEXT NOT NULL,
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    position BIGINT NOT NULL,
    active BOOLEAN NOT NULL,
    regexp TEXT,
    tag TEXT,
    target TEXT,
    options TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (owner, key)
);
CREATE TABLE people_field_values (
    field_id BIGINT NOT NULL,
    owner_id BIGINT NOT NULL,
    text_value TEXT,
    int_value BIGINT,
    real_value DOUBLE PRECISION
);
CREATE INDEX people_field_values_owner ON people_field_values (owner_id, field_id);

CREATE TABLE sessions (
    id {id},
    user_id BIGINT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    user_agent TEXT NOT NULL,
    ip_address TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE api_tokens (
    id {id},
    user_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    hint TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX api_tokens_user ON api_tokens (user_id);

-- Links sent by mail that let their reader set a password or prove an address. purpose: invitation, reset, verify.
CREATE TABLE one_time_tokens (
    token_hash TEXT PRIMARY KEY,
    user_id BIGINT NOT NULL,
    purpose TEXT NOT NULL,
    value TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX one_time_tokens_user ON one_time_tokens (user_id);

-- Codes that stand in for a lost second factor, each once.
CREATE TABLE recovery_codes (
    user_id BIGINT NOT NULL,
    code_hash TEXT NOT NULL,
    PRIMARY KEY (user_id, code_hash)
);

{fulltext user_text};
{fulltext organization_text};
