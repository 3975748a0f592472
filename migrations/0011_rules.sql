-- Folders of triggers.
CREATE TABLE trigger_categories (
    id {id},
    name TEXT NOT NULL,
    position BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- What the desk does by itself. kind: trigger (on each change) or automation (as time goes by).
-- failures: how often it failed, one time after the other.
CREATE TABLE rules (
    id {id},
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    position BIGINT NOT NULL,
    category_id BIGINT,
    conditions TEXT NOT NULL,
    actions TEXT NOT NULL,
    failures BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX rules_in_order ON rules (kind, position, id);

-- When a rule did something to a ticket.
CREATE TABLE rule_runs (
    rule_id BIGINT NOT NULL,
    ticket_id BIGINT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX rule_runs_of ON rule_runs (rule_id, at);
CREATE INDEX rule_runs_on ON rule_runs (ticket_id, rule_id);

-- What is promised to customers (kind: ticket) and between groups (kind: group), in order: the first that fits counts.
CREATE TABLE sla_policies (
    id {id},
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    position BIGINT NOT NULL,
    filter TEXT NOT NULL,
    metrics TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- When people work. intervals: pairs of minutes from Sunday 00:00, local time.
CREATE TABLE schedules (
    id {id},
    name TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    intervals TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Days on which nobody works, YYYY-MM-DD, both included.
CREATE TABLE holidays (
    id {id},
    schedule_id BIGINT NOT NULL REFERENCES schedules (id),
    name TEXT NOT NULL,
    start_date TEXT NOT NULL,
    end_date TEXT NOT NULL
);
CREATE INDEX holidays_of ON holidays (schedule_id, start_date);
