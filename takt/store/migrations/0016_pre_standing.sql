-- Standing: how numbers and templates are judged by feedback, who stands behind companies, and how many people they may reach.

-- Since when the feedback on a template counts for its present trial; when it was locked until a person decides.
ALTER TABLE template ADD COLUMN tried_since timestamptz;
ALTER TABLE template ADD COLUMN locked_at timestamptz;

ALTER TABLE sender ADD COLUMN quality text NOT NULL DEFAULT 'UNKNOWN'
    CHECK (quality IN ('GREEN', 'YELLOW', 'RED', 'UNKNOWN'));
ALTER TABLE sender ADD COLUMN quality_at timestamptz;

-- Whose reputation, stops and limits count together: the company that stands behind this one, or itself.
ALTER TABLE business ADD COLUMN owner_id uuid REFERENCES business;
-- How many different people an owner may reach first within a moving day; of companies that own others theirs counts.
ALTER TABLE business ADD COLUMN tier text NOT NULL DEFAULT 'TIER_250'
    CHECK (tier IN ('TIER_250', 'TIER_2K', 'TIER_10K', 'TIER_100K', 'TIER_UNLIMITED'));
ALTER TABLE business ADD COLUMN tier_at timestamptz NOT NULL DEFAULT 'epoch';
-- Until when the limit is cut, because templates were filed under the wrong category.
ALTER TABLE business ADD COLUMN cut_until timestamptz;
-- Companies of the day before had no limit.
UPDATE business SET tier = 'TIER_UNLIMITED' WHERE stage IN ('pilot', 'live');

-- Whom an owner reached first, outside the window, and when last; and how many such people lie in each hour.
-- spread: recipient
CREATE TABLE reach (
    part         int NOT NULL,
    owner_id     uuid NOT NULL,
    recipient_id uuid NOT NULL,
    hour         timestamptz NOT NULL,
    PRIMARY KEY (part, owner_id, recipient_id)
);
CREATE INDEX reach_hour ON reach (part, hour);

-- spread: recipient
CREATE TABLE reach_count (
    part     int NOT NULL,
    owner_id uuid NOT NULL,
    hour     timestamptz NOT NULL,
    people   int NOT NULL,
    PRIMARY KEY (part, owner_id, hour)
) WITH (fillfactor = 50);

-- What is done about a company whose messages do harm: proposed by the rules, in force, over. Hard ones need a person.
-- `kind` is warning, starting (nothing outside the window), sending (nothing at all) or lock.
-- spread: reference
CREATE TABLE measure (
    measure_id     uuid PRIMARY KEY,
    business_id    uuid NOT NULL REFERENCES business,
    kind           text NOT NULL CHECK (kind IN ('warning', 'starting', 'sending', 'lock')),
    state          text NOT NULL CHECK (state IN ('proposed', 'in_force', 'dropped', 'lifted', 'over')),
    days           int CHECK (days BETWEEN 1 AND 365),
    figures        json NOT NULL,
    proposed_at    timestamptz NOT NULL,
    began_at       timestamptz,
    until          timestamptz,
    objected_at    timestamptz,
    objection      text NOT NULL DEFAULT '' CHECK (length(objection) <= 2000),
    decided_at     timestamptz,
    decided_by     text NOT NULL DEFAULT '',
    note           text NOT NULL DEFAULT '' CHECK (length(note) <= 2000)
);
CREATE INDEX measure_business ON measure (business_id, proposed_at);
CREATE INDEX measure_open ON measure (proposed_at) WHERE state IN ('proposed', 'in_force');
