-- Merging two people looks for the tickets that somebody opened for another.
CREATE INDEX tickets_submitter ON tickets (submitter_id) WHERE submitter_id <> requester_id;

-- Steps of deleting a person for good. action: request_deletion, started, complete.
CREATE TABLE compliance_deletions (
    id {id},
    user_id BIGINT NOT NULL,
    action TEXT NOT NULL,
    application TEXT NOT NULL,
    executer_id BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX compliance_deletions_user ON compliance_deletions (user_id);

-- Who is told of every ticket of an organization.
CREATE TABLE organization_subscriptions (
    id {id},
    user_id BIGINT NOT NULL,
    organization_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (user_id, organization_id)
);
CREATE INDEX organization_subscriptions_organization ON organization_subscriptions (organization_id);

-- status: new, in_progress, complete, error.
CREATE TABLE organization_merges (
    id TEXT PRIMARY KEY,
    loser_id BIGINT NOT NULL,
    winner_id BIGINT NOT NULL,
    status TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX organization_merges_loser ON organization_merges (loser_id);
CREATE INDEX organization_merges_winner ON organization_merges (winner_id);
