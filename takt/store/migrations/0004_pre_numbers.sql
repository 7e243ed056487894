-- Numbers: their life from creation to registration, how they show themselves, what leads to them, whom they refuse.
-- Senders of the day before are verified and registered.

ALTER TABLE business ADD COLUMN portfolio_id text NOT NULL GENERATED ALWAYS AS ('7' || substr(waba_id, 2)) STORED;
ALTER TABLE business ADD COLUMN insights boolean NOT NULL DEFAULT false;

ALTER TABLE sender ADD COLUMN registered boolean NOT NULL DEFAULT true;
ALTER TABLE sender ADD COLUMN verification text NOT NULL DEFAULT 'VERIFIED'
    CHECK (verification IN ('VERIFIED', 'NOT_VERIFIED'));
ALTER TABLE sender ADD COLUMN pin_hash bytea CHECK (length(pin_hash) = 32);
ALTER TABLE sender ADD COLUMN name_status text NOT NULL DEFAULT 'APPROVED'
    CHECK (name_status IN ('APPROVED', 'PENDING_REVIEW', 'DECLINED'));
ALTER TABLE sender ADD COLUMN new_name text CHECK (length(new_name) BETWEEN 2 AND 75);
ALTER TABLE sender ADD COLUMN new_name_status text CHECK (new_name_status IN ('PENDING_REVIEW', 'DECLINED'));
ALTER TABLE sender ADD COLUMN username text CHECK (username ~ '^[a-z0-9._]{3,35}$');
ALTER TABLE sender ADD COLUMN profile jsonb NOT NULL DEFAULT '{}';
ALTER TABLE sender ADD COLUMN picture_media_id text;
ALTER TABLE sender ADD COLUMN automation jsonb NOT NULL DEFAULT '{}';
ALTER TABLE sender ADD COLUMN settings jsonb NOT NULL DEFAULT '{}';
ALTER TABLE sender ADD COLUMN business_key text CHECK (length(business_key) <= 4096);
CREATE UNIQUE INDEX sender_username ON sender (username) WHERE username IS NOT NULL;

-- Users of a company's account with the tasks they may do.
-- spread: reference
CREATE TABLE assigned_user (
    business_id uuid NOT NULL REFERENCES business,
    user_id     text NOT NULL CHECK (user_id ~ '^[0-9]{5,20}$'),
    tasks       text[] NOT NULL,
    PRIMARY KEY (business_id, user_id)
);

-- What is counted about a number: codes asked for, guesses, registrations, wished names.
-- spread: contract
CREATE TABLE number_act (
    part      int NOT NULL,
    sender_id text NOT NULL,
    act_id    uuid NOT NULL,
    kind      text NOT NULL,
    at        timestamptz NOT NULL,
    PRIMARY KEY (part, sender_id, act_id)
);

-- The newest verification code of a number, for whoever delivers it.
-- spread: contract
CREATE TABLE number_code (
    part       int NOT NULL,
    sender_id  text NOT NULL,
    code       text NOT NULL,
    method     text NOT NULL,
    language   text NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (part, sender_id)
);

-- Links that open a chat with a text already written. The first letters of a code tell its slot.
-- spread: contract
CREATE TABLE message_link (
    part       int NOT NULL,
    code       text NOT NULL CHECK (code ~ '^[A-Z0-9]{14}$'),
    sender_id  text NOT NULL,
    text       text NOT NULL CHECK (length(text) BETWEEN 1 AND 140),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (part, code)
);
CREATE INDEX message_link_sender ON message_link (part, sender_id, code);

-- A company refuses a person: of the pair, as everything that stands between the two.
ALTER TABLE thread ADD COLUMN business_blocked_at timestamptz;
CREATE INDEX thread_business_blocked ON thread (part, sender_id, recipient_id) WHERE business_blocked_at IS NOT NULL;
