-- The schema of the first day. Three kinds of table, told by the line above each: recipient and contract
-- tables begin with `part`, reference tables are small and whole everywhere.

-- ---------------------------------------------------------------- reference

-- spread: reference
CREATE TABLE reference_stamp (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version  bigint NOT NULL DEFAULT 1
);
INSERT INTO reference_stamp DEFAULT VALUES;

-- spread: reference
CREATE TABLE business (
    business_id   uuid PRIMARY KEY,
    waba_id       text NOT NULL UNIQUE CHECK (waba_id ~ '^[0-9]{6,20}$'),
    name          text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    stage         text NOT NULL CHECK (stage IN ('applied', 'pilot', 'live', 'paused')),
    verified      boolean NOT NULL DEFAULT false,
    about         text NOT NULL DEFAULT '',
    imprint       text NOT NULL DEFAULT '',
    locale        text NOT NULL DEFAULT 'de',
    contract_id   uuid NOT NULL,
    contract_part int NOT NULL,
    card          text NOT NULL,
    created_at    timestamptz NOT NULL
);

-- spread: reference
CREATE TABLE sender (
    sender_id        text PRIMARY KEY CHECK (sender_id ~ '^[0-9]{5,15}$'),
    business_id      uuid NOT NULL REFERENCES business,
    kind             text NOT NULL CHECK (kind IN ('support', 'outreach')),
    status           text NOT NULL CHECK (status IN ('live', 'paused')),
    phone            text NOT NULL UNIQUE CHECK (phone ~ '^[0-9]{5,15}$'),
    verified_name    text NOT NULL CHECK (length(verified_name) BETWEEN 1 AND 75),
    throughput_per_s int NOT NULL DEFAULT 80 CHECK (throughput_per_s BETWEEN 1 AND 100000),
    unanswered_max   int NOT NULL DEFAULT 5 CHECK (unanswered_max BETWEEN 1 AND 100),
    created_at       timestamptz NOT NULL
);
CREATE INDEX sender_business ON sender (business_id);

-- spread: reference
CREATE TABLE template (
    template_id      text PRIMARY KEY CHECK (template_id ~ '^[0-9]{5,20}$'),
    business_id      uuid NOT NULL REFERENCES business,
    name             text NOT NULL CHECK (name ~ '^[a-z0-9_]+$' AND length(name) <= 512),
    language         text NOT NULL CHECK (language ~ '^[a-z]{2,3}(_[A-Z]{2})?$'),
    category         text NOT NULL CHECK (category IN ('marketing', 'utility', 'authentication')),
    status           text NOT NULL CHECK (status IN ('APPROVED', 'PENDING', 'REJECTED', 'PAUSED', 'DISABLED')),
    parameter_format text NOT NULL CHECK (parameter_format IN ('POSITIONAL', 'NAMED')),
    components       jsonb NOT NULL,
    ttl_s            int NOT NULL DEFAULT 2592000 CHECK (ttl_s BETWEEN 30 AND 2592000),
    created_at       timestamptz NOT NULL,
    UNIQUE (business_id, name, language)
);

-- spread: reference
CREATE TABLE rate_card (
    card       text NOT NULL,
    version    int NOT NULL CHECK (version > 0),
    currency   text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    valid_from timestamptz NOT NULL,
    body       jsonb NOT NULL,
    sha256     bytea NOT NULL,
    PRIMARY KEY (card, version)
);

-- spread: reference
CREATE TABLE app (
    app_id      text PRIMARY KEY CHECK (app_id ~ '^[0-9]{5,20}$'),
    business_id uuid REFERENCES business,
    name        text NOT NULL,
    secret      text NOT NULL CHECK (length(secret) >= 16),
    created_at  timestamptz NOT NULL
);

-- spread: reference
CREATE TABLE token (
    sha256      bytea PRIMARY KEY CHECK (length(sha256) = 32),
    kind        text NOT NULL CHECK (kind IN ('system_user', 'operator', 'staff')),
    app_id      text REFERENCES app,
    business_id uuid REFERENCES business,
    staff_id    uuid,
    scopes      text[] NOT NULL DEFAULT '{}',
    issued_at   timestamptz NOT NULL,
    expires_at  timestamptz
);

-- spread: reference
CREATE TABLE staff (
    staff_id      uuid PRIMARY KEY,
    business_id   uuid REFERENCES business,
    login         text NOT NULL UNIQUE,
    demo_key      text UNIQUE,
    name          text NOT NULL,
    role          text NOT NULL CHECK (role IN ('agent', 'marketer', 'developer', 'finance', 'operator')),
    locale        text NOT NULL DEFAULT 'de',
    password_hash text,
    created_at    timestamptz NOT NULL
);
ALTER TABLE token ADD CONSTRAINT token_staff FOREIGN KEY (staff_id) REFERENCES staff;
CREATE INDEX token_of_staff ON token (staff_id) WHERE staff_id IS NOT NULL;

-- spread: reference
CREATE TABLE endpoint (
    endpoint_id  uuid PRIMARY KEY,
    app_id       text NOT NULL REFERENCES app,
    object       text NOT NULL,
    callback_url text NOT NULL CHECK (length(callback_url) <= 2048),
    verify_token text NOT NULL,
    fields       text[] NOT NULL,
    version      text NOT NULL,
    events_per_post int NOT NULL DEFAULT 1 CHECK (events_per_post BETWEEN 1 AND 1000),
    created_at   timestamptz NOT NULL,
    UNIQUE (app_id, object)
);

-- spread: reference
CREATE TABLE subscribed_app (
    business_id uuid NOT NULL REFERENCES business,
    app_id      text NOT NULL REFERENCES app,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (business_id, app_id)
);

-- ---------------------------------------------------------------- recipient side

-- spread: recipient
CREATE TABLE recipient (
    part          int NOT NULL,
    recipient_id  uuid NOT NULL,
    wa_id         text NOT NULL CHECK (wa_id ~ '^[0-9]{5,15}$'),
    user_code     text NOT NULL,
    name          text NOT NULL,
    locale        text NOT NULL DEFAULT 'de',
    market        text NOT NULL,
    demo_key      text,
    read_receipts boolean NOT NULL DEFAULT true,
    cursor        bigint NOT NULL DEFAULT 0,
    created_at    timestamptz NOT NULL,
    PRIMARY KEY (part, recipient_id),
    UNIQUE (part, wa_id)
) WITH (fillfactor = 80);

-- spread: recipient
CREATE TABLE device (
    part         int NOT NULL,
    token_sha256 bytea NOT NULL CHECK (length(token_sha256) = 32),
    recipient_id uuid NOT NULL,
    label        text NOT NULL,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (part, token_sha256),
    FOREIGN KEY (part, recipient_id) REFERENCES recipient (part, recipient_id)
);
CREATE INDEX device_recipient ON device (part, recipient_id);

-- One row a thread: the lasting pair of recipient and sender. Written only under the recipient's row lock.
-- spread: recipient
CREATE TABLE thread (
    part             int NOT NULL,
    recipient_id     uuid NOT NULL,
    sender_id        text NOT NULL,
    window_until     timestamptz,
    unanswered       int NOT NULL DEFAULT 0,
    pair_tat         timestamptz,
    accepted         boolean NOT NULL DEFAULT false,
    deleted_at       timestamptz,
    cleared_through  bigint NOT NULL DEFAULT 0,
    blocked_at       timestamptz,
    last_cursor      bigint NOT NULL DEFAULT 0,
    last_at          timestamptz NOT NULL,
    last_text        text NOT NULL DEFAULT '',
    last_message_id  uuid,
    inbound_cursor   bigint NOT NULL DEFAULT 0,
    inbound_count    bigint NOT NULL DEFAULT 0,
    desk_received    bigint NOT NULL DEFAULT 0,
    desk_read        bigint NOT NULL DEFAULT 0,
    desk_read_count  bigint NOT NULL DEFAULT 0,
    user_received    bigint NOT NULL DEFAULT 0,
    user_read        bigint NOT NULL DEFAULT 0,
    version          bigint NOT NULL DEFAULT 1,
    unprojected      boolean NOT NULL DEFAULT true,
    PRIMARY KEY (part, recipient_id, sender_id)
) WITH (fillfactor = 70);
CREATE INDEX thread_unprojected ON thread (part, sender_id) WHERE unprojected AND inbound_count > 0;
CREATE INDEX thread_unprojected_quiet ON thread (part, sender_id) WHERE unprojected AND inbound_count = 0;

-- A message is its own row in the recipient's inbox: `cursor` is the place in that log, null for one that
-- was refused and so never got there.
-- spread: recipient
CREATE TABLE message (
    part           int NOT NULL,
    message_id     uuid NOT NULL,
    recipient_id   uuid,
    wa_id          text NOT NULL,
    sender_id      text NOT NULL,
    business_id    uuid NOT NULL,
    inbound        boolean NOT NULL,
    cursor         bigint,
    client_id      text,
    type           text NOT NULL,
    content        json NOT NULL,
    context_id     uuid,
    callback       text,
    category       text NOT NULL,
    template_id    text,
    consent_id     uuid,
    status         text NOT NULL CHECK (status IN ('accepted', 'delivered', 'read', 'failed')),
    reason         text,
    facts          json,
    pricing        json,
    accepted_at    timestamptz NOT NULL,
    delivered_at   timestamptz,
    read_at        timestamptz,
    failed_at      timestamptz,
    expires_at     timestamptz,
    PRIMARY KEY (part, message_id)
) WITH (fillfactor = 85);
CREATE UNIQUE INDEX message_inbox ON message (part, recipient_id, cursor) WHERE cursor IS NOT NULL;
CREATE INDEX message_refused ON message (part, recipient_id, accepted_at) WHERE cursor IS NULL;
CREATE INDEX message_client ON message (part, recipient_id, client_id) WHERE client_id IS NOT NULL;
CREATE INDEX message_undelivered ON message (part, recipient_id, cursor)
    WHERE status = 'accepted' AND NOT inbound AND cursor IS NOT NULL;
CREATE INDEX message_expiry ON message (part, expires_at) WHERE status = 'accepted' AND expires_at IS NOT NULL;

-- What else the devices of a person must learn, in the same numbering as the messages.
-- spread: recipient
CREATE TABLE notice (
    part         int NOT NULL,
    recipient_id uuid NOT NULL,
    cursor       bigint NOT NULL,
    sender_id    text NOT NULL,
    kind         text NOT NULL,
    body         jsonb NOT NULL,
    at           timestamptz NOT NULL,
    PRIMARY KEY (part, recipient_id, cursor)
);

-- spread: recipient
CREATE TABLE hold (
    part          int NOT NULL,
    message_id    uuid NOT NULL,
    contract_id   uuid NOT NULL,
    contract_part int NOT NULL,
    amount_micros bigint NOT NULL CHECK (amount_micros > 0),
    currency      text NOT NULL,
    category      text NOT NULL,
    market        text NOT NULL,
    card          text NOT NULL,
    card_version  int NOT NULL,
    rule          int NOT NULL,
    state         text NOT NULL CHECK (state IN ('held', 'captured', 'released')),
    held_at       timestamptz NOT NULL,
    settled_at    timestamptz,
    PRIMARY KEY (part, message_id)
) WITH (fillfactor = 85);

-- spread: recipient
CREATE TABLE pilot_member (
    part         int NOT NULL,
    recipient_id uuid NOT NULL,
    business_id  uuid NOT NULL,
    added_at     timestamptz NOT NULL,
    PRIMARY KEY (part, recipient_id, business_id),
    FOREIGN KEY (part, recipient_id) REFERENCES recipient (part, recipient_id)
);

-- Acts of consent, append-only, each carrying the hash of the one before it of the same person.
-- spread: recipient
CREATE TABLE consent_record (
    part         int NOT NULL,
    record_id    uuid NOT NULL,
    recipient_id uuid NOT NULL,
    business_id  uuid NOT NULL,
    number       bigint NOT NULL,
    purpose      text NOT NULL CHECK (purpose IN ('service', 'marketing')),
    granted      boolean NOT NULL,
    source       text NOT NULL,
    evidence     json NOT NULL,  -- not jsonb: the hash is over these very characters
    at           timestamptz NOT NULL,
    previous     bytea NOT NULL,
    hash         bytea NOT NULL,
    PRIMARY KEY (part, record_id),
    UNIQUE (part, recipient_id, number)
);

-- The folded state: what the newest record of a purpose says.
-- spread: recipient
CREATE TABLE consent (
    part         int NOT NULL,
    recipient_id uuid NOT NULL,
    business_id  uuid NOT NULL,
    purpose      text NOT NULL,
    granted      boolean NOT NULL,
    source       text NOT NULL,
    record_id    uuid NOT NULL,
    at           timestamptz NOT NULL,
    PRIMARY KEY (part, recipient_id, business_id, purpose)
);

-- spread: recipient
CREATE TABLE report (
    part         int NOT NULL,
    report_id    uuid NOT NULL,
    recipient_id uuid NOT NULL,
    sender_id    text NOT NULL,
    reason       text NOT NULL,
    note         text NOT NULL,
    at           timestamptz NOT NULL,
    PRIMARY KEY (part, report_id)
);

-- How fast a sender goes, as the theoretical arrival time of its next message in this part.
-- spread: recipient
CREATE TABLE pace (
    part      int NOT NULL,
    sender_id text NOT NULL,
    tat       timestamptz NOT NULL,
    PRIMARY KEY (part, sender_id)
) WITH (fillfactor = 50);

-- Rendered webhook events: the body is fixed in the transaction that caused it.
-- spread: recipient
CREATE TABLE outbox (
    part        int NOT NULL,
    event_id    uuid NOT NULL,
    endpoint_id uuid NOT NULL,
    field       text NOT NULL,
    waba_id     text NOT NULL,
    body        text NOT NULL,
    created_at  timestamptz NOT NULL,
    due_at      timestamptz NOT NULL,
    attempts    int NOT NULL DEFAULT 0,
    state       text NOT NULL DEFAULT 'owed' CHECK (state IN ('owed', 'done', 'buried')),
    settled_at  timestamptz,
    replayed_at timestamptz,
    PRIMARY KEY (part, event_id)
) WITH (fillfactor = 85);
CREATE INDEX outbox_owed ON outbox (part, endpoint_id, event_id) WHERE state = 'owed';
CREATE INDEX outbox_settled ON outbox (part, endpoint_id, state, event_id) WHERE state <> 'owed';

-- ---------------------------------------------------------------- contract side

-- spread: contract
CREATE TABLE contract (
    part        int NOT NULL,
    contract_id uuid NOT NULL,
    business_id uuid NOT NULL,
    mode        text NOT NULL CHECK (mode IN ('prepaid', 'postpaid')),
    currency    text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    time_zone   text NOT NULL,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (part, contract_id)
);

-- `posted` is what the journal says, `pending` what open holds set aside. The check is the last word
-- against overspending, whatever the code above it believed.
-- spread: contract
CREATE TABLE account (
    part           int NOT NULL,
    contract_id    uuid NOT NULL,
    kind           text NOT NULL CHECK (kind IN ('spend', 'revenue', 'bank', 'adjustment')),
    currency       text NOT NULL,
    min_available  bigint,
    posted_micros  bigint NOT NULL DEFAULT 0,
    pending_micros bigint NOT NULL DEFAULT 0 CHECK (pending_micros >= 0),
    PRIMARY KEY (part, contract_id, kind),
    FOREIGN KEY (part, contract_id) REFERENCES contract (part, contract_id),
    CHECK (min_available IS NULL OR posted_micros - pending_micros >= min_available)
) WITH (fillfactor = 30);

-- Append-only: money that moved, one row a move, from the debited to the credited account.
-- spread: contract
CREATE TABLE journal (
    part          int NOT NULL,
    contract_id   uuid NOT NULL,
    entry_id      uuid NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('capture', 'top_up', 'refund', 'adjustment')),
    debit         text NOT NULL,
    credit        text NOT NULL,
    amount_micros bigint NOT NULL CHECK (amount_micros > 0),
    currency      text NOT NULL,
    note          text NOT NULL DEFAULT '',
    booked_at     timestamptz NOT NULL,
    PRIMARY KEY (part, contract_id, entry_id),
    CHECK (debit <> credit)
);

-- spread: contract
CREATE TABLE idempotency (
    part         int NOT NULL,
    business_id  uuid NOT NULL,
    key          text NOT NULL,
    request_hash bytea NOT NULL,
    message_id   uuid NOT NULL,
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (part, business_id, key)
);

-- Who delivers to an endpoint now, and how the endpoint has been answering.
-- spread: contract
CREATE TABLE delivery (
    part          int NOT NULL,
    endpoint_id   uuid NOT NULL,
    lease_owner   uuid,
    lease_until   timestamptz,
    failures      int NOT NULL DEFAULT 0,
    failing_since timestamptz,
    next_at       timestamptz,
    PRIMARY KEY (part, endpoint_id)
);

-- spread: contract
CREATE TABLE attempt (
    part        int NOT NULL,
    attempt_id  uuid NOT NULL,
    endpoint_id uuid NOT NULL,
    at          timestamptz NOT NULL,
    duration_s  real NOT NULL,
    events      uuid[] NOT NULL,
    status      int,
    error       text,
    answer      text NOT NULL DEFAULT '',
    PRIMARY KEY (part, attempt_id)
);
CREATE INDEX attempt_endpoint ON attempt (part, endpoint_id, attempt_id);

-- What the people of a business see: one card a thread, numbered anew at every change.
-- spread: contract
CREATE TABLE desk (
    part        int NOT NULL,
    business_id uuid NOT NULL,
    number      bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (part, business_id)
);

-- `words` is the name, number and last text in the form that searches compare.
-- spread: contract
CREATE TABLE desk_card (
    part         int NOT NULL,
    business_id  uuid NOT NULL,
    sender_id    text NOT NULL,
    recipient_id uuid NOT NULL,
    number       bigint NOT NULL,
    version      bigint NOT NULL,
    name         text NOT NULL,
    wa_id        text NOT NULL,
    last_text    text NOT NULL,
    last_mine    boolean NOT NULL,
    last_status  text NOT NULL,
    last_at      timestamptz NOT NULL,
    unread       bigint NOT NULL,
    window_until timestamptz,
    blocked      boolean NOT NULL,
    words        text NOT NULL,
    PRIMARY KEY (part, business_id, sender_id, recipient_id)
) WITH (fillfactor = 80);
CREATE INDEX desk_card_number ON desk_card (part, business_id, number);
CREATE INDEX desk_card_unread ON desk_card (part, business_id, number) WHERE unread > 0;
