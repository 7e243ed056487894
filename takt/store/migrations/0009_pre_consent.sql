-- The ledger of consent: purposes that companies define, records that say all that a proof needs, requests that a person
-- confirms, and what is left when somebody is erased.

-- What a company may ask consent for, in the words shown to people. A new wording is a new version; none is changed.
-- spread: reference
CREATE TABLE purpose (
    business_id uuid NOT NULL REFERENCES business,
    key         text NOT NULL CHECK (key ~ '^[a-z][a-z0-9_]{1,39}$' AND key <> 'service'),
    version     int NOT NULL CHECK (version > 0),
    name_en     text NOT NULL CHECK (length(name_en) BETWEEN 1 AND 60),
    name_de     text NOT NULL CHECK (length(name_de) BETWEEN 1 AND 60),
    wording_en  text NOT NULL CHECK (length(wording_en) BETWEEN 1 AND 1000),
    wording_de  text NOT NULL CHECK (length(wording_de) BETWEEN 1 AND 1000),
    legal_name  text NOT NULL CHECK (length(legal_name) BETWEEN 1 AND 200),
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (business_id, key, version)
);

ALTER TABLE template ADD COLUMN purpose text NOT NULL DEFAULT 'marketing';

-- Records of the first form have no act; those of the second have one, and `terms`: what was shown and said, as JSON
-- whose very characters are in the hash.
ALTER TABLE consent_record DROP CONSTRAINT consent_record_purpose_check;
ALTER TABLE consent_record ADD COLUMN act text NOT NULL DEFAULT '';
ALTER TABLE consent_record ADD COLUMN terms json;
ALTER TABLE consent_record ADD COLUMN valid_until timestamptz;
CREATE INDEX consent_record_business ON consent_record (part, business_id, recipient_id);
-- Written once, never again. Who owns a table may give this right back to himself, but no statement of ours does.
REVOKE UPDATE, DELETE, TRUNCATE ON consent_record FROM CURRENT_USER;

ALTER TABLE consent ADD COLUMN act text NOT NULL DEFAULT 'grant';
ALTER TABLE consent ADD COLUMN valid_until timestamptz;

-- Records hold a number only as a hash with this salt. Without its row nobody can tell whose number it was.
-- spread: recipient
CREATE TABLE consent_number (
    part         int NOT NULL,
    recipient_id uuid NOT NULL,
    wa_id        text NOT NULL,
    salt         text NOT NULL,
    PRIMARY KEY (part, recipient_id, wa_id)
);

-- A company asked a person for consent: one row a purpose, so that it cannot ask twice.
-- spread: recipient
CREATE TABLE consent_request (
    part         int NOT NULL,
    recipient_id uuid NOT NULL,
    business_id  uuid NOT NULL,
    purpose      text NOT NULL,
    request_id   uuid NOT NULL,
    sender_id    text NOT NULL,
    state        text NOT NULL CHECK (state IN ('open', 'confirmed', 'declined')),
    version      int NOT NULL,
    asked_at     timestamptz NOT NULL,
    answered_at  timestamptz,
    PRIMARY KEY (part, recipient_id, business_id, purpose)
);
CREATE INDEX consent_request_asked ON consent_request (part, business_id, asked_at);
CREATE UNIQUE INDEX consent_request_id ON consent_request (part, request_id);

-- The key of the hashes by which erased numbers are known again; made when it is first needed.
-- spread: reference
CREATE TABLE suppression_key (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    secret   bytea NOT NULL CHECK (length(secret) = 32)
);

-- Numbers whose people were erased: no list may bring them back. `recipient_id` is what their records are kept under.
-- spread: recipient
CREATE TABLE suppression (
    part         int NOT NULL,
    number_hash  bytea NOT NULL CHECK (length(number_hash) = 32),
    recipient_id uuid NOT NULL,
    at           timestamptz NOT NULL,
    PRIMARY KEY (part, number_hash)
);

-- Somebody is erased, at one company or altogether (`business_id` null): how far it is, and the certificate in the end.
-- spread: recipient
CREATE TABLE erasure (
    part         int NOT NULL,
    erasure_id   uuid NOT NULL,
    recipient_id uuid NOT NULL,
    business_id  uuid,
    asked_by     text NOT NULL CHECK (asked_by IN ('person', 'operator')),
    asked_at     timestamptz NOT NULL,
    done_at      timestamptz,
    settled_at   timestamptz,
    certificate  json,
    PRIMARY KEY (part, erasure_id)
);
CREATE INDEX erasure_unsettled ON erasure (part, asked_at) WHERE settled_at IS NULL;
