-- Leases: room on a wallet put aside for one part of the recipients, so that its messages need not wait for the wallet.

-- What is leased is `pending` on the account of its payer, used or not. Nothing is used beyond what was granted, and
-- what is over was used or returned to the last micro-unit. One row for a payer in a part, used again and again.
-- spread: recipient
CREATE TABLE lease (
    part            int NOT NULL,
    contract_id     uuid NOT NULL,
    contract_part   int NOT NULL,
    currency        text NOT NULL,
    granted_micros  bigint NOT NULL CHECK (granted_micros >= 0),
    used_micros     bigint NOT NULL CHECK (used_micros >= 0),
    returned_micros bigint NOT NULL CHECK (returned_micros >= 0),
    is_open         boolean NOT NULL,
    valid_until     timestamptz NOT NULL,
    PRIMARY KEY (part, contract_id),
    CONSTRAINT lease_limit CHECK (used_micros + returned_micros <= granted_micros),
    CONSTRAINT lease_over CHECK (is_open AND returned_micros = 0 OR NOT is_open AND used_micros + returned_micros = granted_micros)
) WITH (fillfactor = 30);
CREATE INDEX lease_open ON lease (part, valid_until) WHERE is_open;

-- What is granted to leases that are open: nothing is refused for want of money while some of it may lie there.
ALTER TABLE account ADD COLUMN leased_micros bigint NOT NULL DEFAULT 0 CHECK (leased_micros >= 0);
