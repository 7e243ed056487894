-- Credit that a company is given: each grant has an account of its own, an order, an end and a scope.

-- Empty `categories` or `markets`: all. `closed_at` is when nothing was left on it and nothing could come back.
-- spread: contract
CREATE TABLE credit_grant (
    part          int NOT NULL,
    contract_id   uuid NOT NULL,
    grant_id      uuid NOT NULL,
    account       text NOT NULL,
    name          text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    kind          text NOT NULL CHECK (kind IN ('paid', 'promo', 'goodwill')),
    amount_micros bigint NOT NULL CHECK (amount_micros > 0),
    currency      text NOT NULL,
    priority      int NOT NULL,
    categories    text[] NOT NULL,
    markets       text[] NOT NULL,
    issued_at     timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL,
    voided_at     timestamptz,
    closed_at     timestamptz,
    PRIMARY KEY (part, contract_id, grant_id),
    FOREIGN KEY (part, contract_id) REFERENCES contract (part, contract_id)
);
CREATE INDEX credit_grant_open ON credit_grant (part, contract_id, account) WHERE closed_at IS NULL;
CREATE INDEX credit_grant_lapsing ON credit_grant (part, expires_at) WHERE closed_at IS NULL;
