-- Contracts as people look after them: what was changed by whom, by which card from when on, legal data that a company asks
-- for, and how far messages go out while a wallet cannot be asked.

-- What was changed about a contract beside its legal data, which has versions of its own. Never changed.
-- spread: contract
CREATE TABLE contract_change (
    part        int NOT NULL,
    contract_id uuid NOT NULL,
    number      int NOT NULL CHECK (number > 0),
    field       text NOT NULL CHECK (field <> ''),
    was         text NOT NULL,
    becomes     text NOT NULL,
    who         text NOT NULL,
    at          timestamptz NOT NULL,
    PRIMARY KEY (part, contract_id, number),
    FOREIGN KEY (part, contract_id) REFERENCES contract (part, contract_id)
);
REVOKE UPDATE, DELETE, TRUNCATE ON contract_change FROM CURRENT_USER;

-- Legal data as a company wishes it, where it would change who is billed or how that is taxed: the operator says yes or no.
-- spread: contract
CREATE TABLE legal_wish (
    part        int NOT NULL,
    contract_id uuid NOT NULL,
    document    json NOT NULL,
    who         text NOT NULL,
    at          timestamptz NOT NULL,
    PRIMARY KEY (part, contract_id),
    FOREIGN KEY (part, contract_id) REFERENCES contract (part, contract_id)
);

-- By which card a company pays from a moment on; before the first of them, by the card it was registered with.
-- spread: reference
CREATE TABLE card_assignment (
    business_id uuid NOT NULL REFERENCES business,
    valid_from  timestamptz NOT NULL,
    card        text NOT NULL,
    assigned_by text NOT NULL,
    assigned_at timestamptz NOT NULL,
    PRIMARY KEY (business_id, valid_from)
);

-- How much may be leased beforehand for a time in which the wallet cannot be asked; 0: nothing goes out then.
ALTER TABLE business ADD COLUMN outage_micros bigint NOT NULL DEFAULT 0 CHECK (outage_micros >= 0);

-- What was delivered too late to be charged is looked for by month.
CREATE INDEX usage_absorbed ON usage (part, delivered_at) WHERE reason = 'absorbed';
