-- When each record that incremental exports tell of was last changed: microseconds UTC, drawn in commit order, so that
-- within a kind no two are the same and a reader never misses one. kind: ticket, audit, user, organization.
CREATE TABLE exports (
    kind TEXT NOT NULL,
    id BIGINT NOT NULL,
    generated BIGINT NOT NULL,
    PRIMARY KEY (kind, id)
);

-- What is there already, in the order of its dates. The running maximum keeps numbers apart where dates are the same.
INSERT INTO exports (kind, id, generated)
SELECT 'ticket', id, MAX(updated_at * 1000 - n) OVER (ORDER BY n) + n
FROM (SELECT id, updated_at, ROW_NUMBER() OVER (ORDER BY updated_at, id) AS n FROM tickets) numbered;
INSERT INTO exports (kind, id, generated)
SELECT 'audit', id, MAX(created_at * 1000 - n) OVER (ORDER BY n) + n
FROM (SELECT id, created_at, ROW_NUMBER() OVER (ORDER BY created_at, id) AS n FROM audits) numbered;
INSERT INTO exports (kind, id, generated)
SELECT 'user', id, MAX(updated_at * 1000 - n) OVER (ORDER BY n) + n
FROM (SELECT id, updated_at, ROW_NUMBER() OVER (ORDER BY updated_at, id) AS n FROM users) numbered;
INSERT INTO exports (kind, id, generated)
SELECT 'organization', id, MAX(updated_at * 1000 - n) OVER (ORDER BY n) + n
FROM (SELECT id, updated_at, ROW_NUMBER() OVER (ORDER BY updated_at, id) AS n FROM organizations) numbered;

CREATE UNIQUE INDEX exports_generated ON exports (kind, generated);

-- Business hours of the three waits; null on tickets that are older than this column.
ALTER TABLE tickets ADD COLUMN requester_wait_business_ms BIGINT;
ALTER TABLE tickets ADD COLUMN agent_wait_business_ms BIGINT;
ALTER TABLE tickets ADD COLUMN on_hold_business_ms BIGINT;

-- What was taken over from another help desk: the map of its numbers to ours. body: its record as it came, where we have
-- no table for it.
CREATE TABLE imported_records (
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    their_id TEXT NOT NULL,
    our_id BIGINT,
    body TEXT,
    imported_at BIGINT NOT NULL,
    PRIMARY KEY (source, kind, their_id)
);
