-- The versions of the operator's policy, each for ever as it was. Which one holds says `applies_at`, then `version`.
-- spread: reference
CREATE TABLE tact_policy (
    version    int PRIMARY KEY CHECK (version > 0),
    body       jsonb NOT NULL,
    sha256     bytea NOT NULL CHECK (length(sha256) = 32),
    who        text NOT NULL CHECK (length(who) BETWEEN 1 AND 200),
    at         timestamptz NOT NULL,
    applies_at timestamptz NOT NULL
);

-- What a person set about quiet hours: their zone, minutes of their day, and whether they count for all but codes.
ALTER TABLE recipient ADD COLUMN time_zone text;
ALTER TABLE recipient ADD COLUMN quiet_from_min smallint CHECK (quiet_from_min BETWEEN 0 AND 1439);
ALTER TABLE recipient ADD COLUMN quiet_to_min smallint CHECK (quiet_to_min BETWEEN 0 AND 1439);
ALTER TABLE recipient ADD COLUMN quiet_for_all boolean NOT NULL DEFAULT false;

-- When advertising reached somebody within the last week: of all companies, and of one sender.
ALTER TABLE recipient ADD COLUMN marketing_at timestamptz[] NOT NULL DEFAULT '{}';
ALTER TABLE thread ADD COLUMN marketing_at timestamptz[] NOT NULL DEFAULT '{}';

-- A waiting message is accepted but in no inbox yet. `accepted_at` is the instant of its newest verdict; `taken_at` when
-- the company handed it in, if that was earlier.
ALTER TABLE message ADD COLUMN due_at timestamptz;
ALTER TABLE message ADD COLUMN waits_for text;
ALTER TABLE message ADD COLUMN taken_at timestamptz;
ALTER TABLE message DROP CONSTRAINT message_status_check;
ALTER TABLE message ADD CONSTRAINT message_status_check
    CHECK (status IN ('waiting', 'accepted', 'delivered', 'read', 'failed'));
ALTER TABLE message ADD CONSTRAINT message_waits CHECK (status <> 'waiting' OR due_at IS NOT NULL);
CREATE INDEX message_waiting ON message (part, due_at) WHERE status = 'waiting';
