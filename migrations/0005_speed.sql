-- A copy of a mail is looked for by what its sender wrote.
CREATE INDEX inbound_messages_fingerprint ON inbound_messages (fingerprint, id);

-- Lists of tickets that aren't deleted, in the order of their last change or sorted by another date or the priority, without a
-- look at the tickets themselves.
DROP INDEX tickets_status_updated;
DROP INDEX tickets_assignee;
DROP INDEX tickets_group;
CREATE INDEX tickets_status_updated ON tickets (status, updated_at, id, created_at, priority, deleted_at) WHERE deleted_at IS NULL;
CREATE INDEX tickets_assignee ON tickets (assignee_id, status, updated_at, id, created_at, priority, deleted_at)
    WHERE deleted_at IS NULL;
CREATE INDEX tickets_group ON tickets (group_id, status, updated_at, id, created_at, priority, deleted_at)
    WHERE deleted_at IS NULL;
CREATE INDEX tickets_followup ON tickets (followup_of_id) WHERE followup_of_id IS NOT NULL;
