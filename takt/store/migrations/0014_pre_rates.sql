-- Rate cards as documents in a chain of hashes, market tables on their own, counts for prices that go by volume, and
-- conversations. `rate_card.previous` is the hash of the version before it; without one, a version is from before the chain.

-- A document is kept character by character, for its hash.
ALTER TABLE rate_card ALTER COLUMN body TYPE json USING body::json;
ALTER TABLE rate_card ADD COLUMN valid_to timestamptz;
ALTER TABLE rate_card ADD COLUMN previous bytea CHECK (length(previous) IN (0, 32));
ALTER TABLE rate_card ADD COLUMN published_at timestamptz;

-- spread: reference
CREATE TABLE market_table (
    name         text PRIMARY KEY,
    body         json NOT NULL,
    sha256       bytea NOT NULL CHECK (length(sha256) = 32),
    published_at timestamptz NOT NULL
);

-- On whose clocks the months of a contract begin; the same as in its contract.
ALTER TABLE business ADD COLUMN time_zone text NOT NULL DEFAULT 'Europe/Berlin';

-- What a captured hold cost of what was set aside, and its place in a count. Null: all of it, in none.
ALTER TABLE hold ADD COLUMN captured_micros bigint CHECK (captured_micros BETWEEN 0 AND amount_micros);
ALTER TABLE hold ADD COLUMN ordinal bigint;

-- How many units of a contract were captured in the month that begins on `period`.
-- spread: contract
CREATE TABLE counter (
    part        int NOT NULL,
    contract_id uuid NOT NULL,
    key         text NOT NULL,
    period      date NOT NULL,
    counted     bigint NOT NULL CHECK (counted > 0),
    PRIMARY KEY (part, contract_id, key, period),
    FOREIGN KEY (part, contract_id) REFERENCES contract (part, contract_id)
) WITH (fillfactor = 30);

-- The newest conversation of each name between a person and a sender, and the message that paid for it.
-- spread: recipient
CREATE TABLE conversation (
    part         int NOT NULL,
    recipient_id uuid NOT NULL,
    sender_id    text NOT NULL,
    name         text NOT NULL,
    opened_at    timestamptz NOT NULL,
    until        timestamptz NOT NULL,
    message_id   uuid NOT NULL,
    PRIMARY KEY (part, recipient_id, sender_id, name)
) WITH (fillfactor = 70);
