-- The ledger: accounts of every kind, entries that nobody can change, what each message used, and a chain of hashes.

-- `revenue` alone is from before categories had accounts of their own.
ALTER TABLE account DROP CONSTRAINT account_kind_check;
ALTER TABLE account ADD CONSTRAINT account_kind_check CHECK (kind ~ '^((spend|receivable|bank|breakage|rounding|loss|suspense|marketing|adjustment|revenue)|(revenue|tax|grant|clearing|lease):[a-z0-9_.-]{1,60})$');
-- How far an account stands beyond its limit, through what may pass it: late receipts, returned payments. Never more
-- than that, so that it is no credit: whatever comes in takes it back first.
ALTER TABLE account ADD COLUMN excess_micros bigint NOT NULL DEFAULT 0 CHECK (excess_micros >= 0);
ALTER TABLE account DROP CONSTRAINT account_check;
ALTER TABLE account ADD CONSTRAINT account_limit CHECK (min_available IS NULL OR posted_micros - pending_micros + excess_micros >= min_available);
ALTER TABLE account ADD CONSTRAINT account_excess CHECK (excess_micros <= greatest(0, coalesce(min_available, 0) - posted_micros + pending_micros));

-- One row is one move of money, from the debited to the credited account, so no entry can be out of balance. `leg` tells
-- the moves of one entry apart; `event_at` is when what it is about happened; `undoes` the entry that it takes back.
ALTER TABLE journal DROP CONSTRAINT journal_kind_check;
ALTER TABLE journal ADD CONSTRAINT journal_kind_check CHECK (kind ~ '^[a-z_]{2,24}$');
ALTER TABLE journal ADD COLUMN leg smallint NOT NULL DEFAULT 0 CHECK (leg >= 0);
ALTER TABLE journal ADD COLUMN event_at timestamptz;
ALTER TABLE journal ADD COLUMN batch uuid;
ALTER TABLE journal ADD COLUMN undoes uuid;
UPDATE journal SET event_at = booked_at;
ALTER TABLE journal ALTER COLUMN event_at SET NOT NULL;
ALTER TABLE journal DROP CONSTRAINT journal_pkey;
ALTER TABLE journal ADD PRIMARY KEY (part, contract_id, entry_id, leg);
CREATE INDEX journal_booked ON journal USING brin (part, booked_at);
-- Written once, never again. Who owns a table may give this right back to himself, but no statement of ours does.
REVOKE UPDATE, DELETE, TRUNCATE ON journal FROM CURRENT_USER;

-- What became of the money of a message. `late`: delivered after its time was over, charged in one step. A hold that draws
-- on more than the spend account says on which accounts, in which order, and how much on each.
ALTER TABLE hold DROP CONSTRAINT hold_state_check;
ALTER TABLE hold ADD CONSTRAINT hold_state_check CHECK (state IN ('held', 'captured', 'released', 'refunded', 'absorbed'));
ALTER TABLE hold ADD COLUMN late boolean NOT NULL DEFAULT false;
ALTER TABLE hold ADD COLUMN drawn_on text[];
ALTER TABLE hold ADD COLUMN drawn_micros bigint[];
ALTER TABLE hold ADD CONSTRAINT hold_drawn CHECK (cardinality(drawn_on) IS NOT DISTINCT FROM cardinality(drawn_micros));

-- What a message used and what it cost, once it was delivered; free ones, too. A refund is a row of its own with the
-- amount below zero. Nothing here says whom the message went to.
-- spread: recipient
CREATE TABLE usage (
    part              int NOT NULL,
    message_id        uuid NOT NULL,
    leg               smallint NOT NULL DEFAULT 0,
    refund            boolean NOT NULL DEFAULT false,
    contract_part     int NOT NULL,
    contract_id       uuid NOT NULL,
    sender_id         text NOT NULL,
    category          text NOT NULL,
    market            text NOT NULL,
    card              text NOT NULL,
    card_version      int NOT NULL,
    rule              int NOT NULL,
    tier              text NOT NULL,
    ordinal           bigint,
    unit_price_micros bigint NOT NULL CHECK (unit_price_micros >= 0),
    amount_micros     bigint NOT NULL CHECK (refund AND amount_micros <= 0 OR NOT refund AND amount_micros >= 0),
    forgone_micros    bigint NOT NULL DEFAULT 0 CHECK (forgone_micros >= 0),
    currency          text NOT NULL,
    reason            text NOT NULL,
    template_id       text,
    late              boolean NOT NULL DEFAULT false,
    delivered_at      timestamptz NOT NULL,
    booked_at         timestamptz NOT NULL,
    batch             uuid NOT NULL,
    PRIMARY KEY (part, message_id, leg, refund)
);
CREATE INDEX usage_booked ON usage USING brin (part, booked_at);
REVOKE UPDATE, DELETE, TRUNCATE ON usage FROM CURRENT_USER;

-- One row for each transaction that moved money or used something: how much is in it, the hash over its rows, and the
-- hash that it makes of the one before it in its part.
-- spread: contract
CREATE TABLE batch (
    part       int NOT NULL,
    number     bigint NOT NULL CHECK (number > 0),
    batch_id   uuid NOT NULL,
    entries    int NOT NULL CHECK (entries >= 0),
    usages     int NOT NULL CHECK (usages >= 0),
    sum_micros numeric NOT NULL,
    digest     bytea NOT NULL CHECK (length(digest) = 32),
    previous   bytea NOT NULL CHECK (length(previous) = 32),
    hash       bytea NOT NULL CHECK (length(hash) = 32),
    booked_at  timestamptz NOT NULL,
    PRIMARY KEY (part, number)
);
CREATE INDEX batch_id ON batch (part, batch_id);
REVOKE UPDATE, DELETE, TRUNCATE ON batch FROM CURRENT_USER;

-- The newest link of the chain of a part: held by whoever writes the next.
-- spread: contract
CREATE TABLE chain (
    part     int PRIMARY KEY,
    number   bigint NOT NULL,
    previous bytea NOT NULL,
    hash     bytea NOT NULL
) WITH (fillfactor = 30);
