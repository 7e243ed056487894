-- The filter: models of the operator's own, domains of links, who is watched, what was held, and texts seen of late.

-- The newest one is in use; an empty body means the model that comes with Takt.
-- spread: reference
CREATE TABLE filter_model (
    version int PRIMARY KEY CHECK (version > 0),
    body    bytea NOT NULL,
    sha256  bytea NOT NULL CHECK (length(sha256) = 32),
    who     text NOT NULL CHECK (length(who) BETWEEN 1 AND 200),
    at      timestamptz NOT NULL
);

-- The domains that a company says its links lead to.
-- spread: reference
CREATE TABLE link_domain (
    business_id uuid NOT NULL REFERENCES business,
    domain      text NOT NULL CHECK (length(domain) BETWEEN 3 AND 253),
    at          timestamptz NOT NULL,
    PRIMARY KEY (business_id, domain)
);

-- A watched sender's messages wait until they were read; a frozen one sends nothing until a person decides.
-- `watch_from`: suspicions older than that are forgiven. `watch_appeal`: what its company says to it.
ALTER TABLE sender ADD COLUMN watch text NOT NULL DEFAULT '' CHECK (watch IN ('', 'watched', 'frozen'));
ALTER TABLE sender ADD COLUMN watch_from timestamptz NOT NULL DEFAULT 'epoch';
ALTER TABLE sender ADD COLUMN watch_at timestamptz;
ALTER TABLE sender ADD COLUMN watch_appeal text NOT NULL DEFAULT '' CHECK (length(watch_appeal) <= 2000);

-- The category that the filter reads in what a template sends; empty when it has no quarrel with the declared one.
ALTER TABLE template ADD COLUMN detected text NOT NULL DEFAULT '';

-- When a message that waited for the filter was found to be well.
ALTER TABLE message ADD COLUMN cleared_at timestamptz;

-- Messages of companies that read like fraud. `held`: it is not in the inbox yet. What it says is read from the message.
-- spread: recipient
CREATE TABLE suspicion (
    part        int NOT NULL,
    message_id  uuid NOT NULL,
    business_id uuid NOT NULL,
    sender_id   text NOT NULL,
    held        boolean NOT NULL,
    findings    json NOT NULL,
    found_at    timestamptz NOT NULL,
    state       text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'confirmed', 'cleared')),
    decided_at  timestamptz,
    decided_by  text NOT NULL DEFAULT '',
    note        text NOT NULL DEFAULT '' CHECK (length(note) <= 2000),
    PRIMARY KEY (part, message_id)
);
CREATE INDEX suspicion_open ON suspicion (part, found_at) WHERE state = 'open';
CREATE INDEX suspicion_sender ON suspicion (part, sender_id, found_at) WHERE state <> 'cleared';

-- How far what companies wrote freely was read.
-- spread: recipient
CREATE TABLE reading_mark (
    part    int PRIMARY KEY,
    read_to timestamptz NOT NULL
);

-- Sketches of texts worth a look, one for each company, text and day: the same text from several companies is a campaign.
-- spread: reference
CREATE TABLE text_sketch (
    day         date NOT NULL,
    business_id uuid NOT NULL,
    digest      bytea NOT NULL CHECK (length(digest) = 16),
    numbers     bytea NOT NULL CHECK (length(numbers) = 512),
    bands       bigint[] NOT NULL,
    seen_in     text NOT NULL,
    PRIMARY KEY (day, business_id, digest)
);
CREATE INDEX text_sketch_bands ON text_sketch USING gin (bands);
