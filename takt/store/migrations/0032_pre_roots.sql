-- Each row carries a part of its own hash, so that one that was changed can be named; each day of batches has a root.

ALTER TABLE journal ADD COLUMN seal bigint;
ALTER TABLE usage ADD COLUMN seal bigint;

-- The root over a run of batches: those since the root before, up to the last one that was booked on that day (UTC).
-- spread: contract
CREATE TABLE day_root (
    part         int NOT NULL,
    day          date NOT NULL,
    first_number bigint NOT NULL CHECK (first_number > 0),
    last_number  bigint NOT NULL CHECK (last_number >= first_number),
    root         bytea NOT NULL CHECK (length(root) = 32),
    made_at      timestamptz NOT NULL,
    PRIMARY KEY (part, day)
);
REVOKE UPDATE, DELETE, TRUNCATE ON day_root FROM CURRENT_USER;
