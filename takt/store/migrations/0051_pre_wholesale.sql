-- What the wholesale cards of a partner asked for at least in a closed month, beside its own card. Written once.
-- spread: contract
CREATE TABLE wholesale_commitment (
    part          int NOT NULL,
    contract_id   uuid NOT NULL,
    month         date NOT NULL,
    card          text NOT NULL CHECK (card <> ''),
    amount_micros bigint NOT NULL CHECK (amount_micros > 0),
    eligible      text[] NOT NULL,
    PRIMARY KEY (part, contract_id, month, card),
    FOREIGN KEY (part, contract_id, month) REFERENCES closing (part, contract_id, month)
);
REVOKE UPDATE, DELETE, TRUNCATE ON wholesale_commitment FROM CURRENT_USER;
