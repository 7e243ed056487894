-- Admission: what is believed of people, every decision about marketing with its terms, and what decides.

-- How much has reached a person of late, faded to `exposed_at`.
ALTER TABLE recipient ADD COLUMN exposure real NOT NULL DEFAULT 0;
ALTER TABLE recipient ADD COLUMN exposed_at timestamptz;

-- How much a person puts up with: unscaled logarithms of the weights of the classes, learned since the first message.
-- spread: recipient
CREATE TABLE tolerance (
    part         int NOT NULL,
    recipient_id uuid NOT NULL,
    logs         float8[] NOT NULL,
    PRIMARY KEY (part, recipient_id)
);

-- How much a person likes whoever stands behind a company, beyond what all people do.
-- spread: recipient
CREATE TABLE liking (
    part         int NOT NULL,
    recipient_id uuid NOT NULL,
    owner_id     uuid NOT NULL,
    mean         float8 NOT NULL,
    variance     float8 NOT NULL,
    PRIMARY KEY (part, recipient_id, owner_id)
);

-- One row for each decision about marketing: what decided, how likely it was, and every term of the score (price, gain,
-- loss, annoyance, charge, tiring, bonus). A message that waits is decided more than once. `learned_at`: its lesson was taken.
-- spread: recipient
CREATE TABLE admission (
    part           int NOT NULL,
    message_id     uuid NOT NULL,
    at             timestamptz NOT NULL,
    recipient_id   uuid NOT NULL,
    owner_id       uuid NOT NULL,
    template_id    text NOT NULL,
    market         text NOT NULL,
    mode           text NOT NULL CHECK (mode IN ('cap', 'priced')),
    policy_version int NOT NULL,
    model_version  int NOT NULL,
    shadow         float8 NOT NULL,
    let_out        boolean NOT NULL,
    passed         boolean NOT NULL,
    explored       boolean NOT NULL,
    held_out       boolean NOT NULL,
    propensity     float8 NOT NULL CHECK (propensity BETWEEN 0 AND 1),
    content        float8 NOT NULL,
    affinity       float8 NOT NULL,
    pressure       float8 NOT NULL,
    terms          float8[] NOT NULL,
    learned_at     timestamptz,
    happened       float8,
    PRIMARY KEY (part, message_id, at)
);
CREATE INDEX admission_unlearned ON admission (part, at) WHERE let_out AND learned_at IS NULL;
CREATE INDEX admission_at ON admission USING brin (part, at) WITH (pages_per_range = 32, autosummarize = on);
CREATE INDEX admission_recipient ON admission (part, recipient_id);

-- The models, each for ever as it was; the newest decides. `body` has coefficients, nodes and weights.
-- spread: reference
CREATE TABLE admission_model (
    version    int PRIMARY KEY CHECK (version > 0),
    body       jsonb NOT NULL,
    deliveries int NOT NULL,
    fitted_at  timestamptz NOT NULL
);

-- What a unit of annoyance costs in a market, and what the future of its people is worth at that price (class, grid).
-- spread: reference
CREATE TABLE shadow_price (
    market        text PRIMARY KEY,
    price         float8 NOT NULL CHECK (price > 0),
    calibration   float8 NOT NULL,
    alarmed       boolean NOT NULL,
    model_version int NOT NULL,
    outlook       jsonb NOT NULL,
    moved_at      timestamptz NOT NULL
);

-- How much people like an owner in general, and the bonus of new and small ones.
-- spread: reference
CREATE TABLE owner_liking (
    owner_id uuid PRIMARY KEY,
    mean     float8 NOT NULL,
    variance float8 NOT NULL,
    bonus    float8 NOT NULL
);

-- How much more people make of a template than of others, in log odds.
-- spread: reference
CREATE TABLE template_score (
    template_id text PRIMARY KEY,
    score       float8 NOT NULL
);

-- The secret by which lots are drawn; its row is the lock of whoever tunes.
-- spread: reference
CREATE TABLE admission_key (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    key      bytea NOT NULL CHECK (length(key) = 32),
    tuned_at timestamptz NOT NULL DEFAULT 'epoch'
);
INSERT INTO admission_key (key)
    VALUES (sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')));
