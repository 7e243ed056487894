-- Payments: what is paid and collected, what the bank tells, budgets, alerts, and bookings that two people agree to.

-- Where the wallet stood when the month began, moved along by all that is not spending; and what may be spent in it.
ALTER TABLE account ADD COLUMN mark_micros bigint NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN budget_micros bigint CHECK (budget_micros >= 0);

-- How what a company pays ahead is taxed: the category of EN 16931 and the rate in hundredths of a percent.
ALTER TABLE contract ADD COLUMN tax_category text NOT NULL DEFAULT 'S' CHECK (tax_category IN ('S', 'AE', 'E', 'G', 'O'));
ALTER TABLE contract ADD COLUMN tax_basis_points int NOT NULL DEFAULT 1900 CHECK (tax_basis_points BETWEEN 0 AND 10000);

-- The operator's account at a bank: where transfers go, and for whom is collected.
-- spread: reference
CREATE TABLE own_account (
    iban        text PRIMARY KEY,
    holder      text NOT NULL CHECK (length(holder) BETWEEN 1 AND 70),
    bic         text NOT NULL DEFAULT '',
    creditor_id text NOT NULL DEFAULT '',
    set_by      text NOT NULL,
    set_at      timestamptz NOT NULL
);

-- spread: contract
CREATE TABLE mandate (
    part        int NOT NULL,
    mandate_id  uuid NOT NULL,
    contract_id uuid NOT NULL,
    reference   text NOT NULL CHECK (length(reference) BETWEEN 1 AND 35),
    holder      text NOT NULL CHECK (length(holder) BETWEEN 1 AND 70),
    iban        text NOT NULL CHECK (length(iban) BETWEEN 15 AND 34),
    bic         text NOT NULL DEFAULT '',
    scheme      text NOT NULL CHECK (scheme IN ('CORE', 'B2B')),
    signed_on   date NOT NULL,
    notice_days int NOT NULL CHECK (notice_days BETWEEN 1 AND 60),
    created_at  timestamptz NOT NULL,
    used_on     date,
    ended_at    timestamptz,
    PRIMARY KEY (part, mandate_id),
    UNIQUE (part, contract_id, reference),
    FOREIGN KEY (part, contract_id) REFERENCES contract (part, contract_id)
);

-- A payment goes from initiated to settled, perhaps to returned; `document_id` is the advance document of a top-up.
-- `bank_iban` is the account it came from; `batch` the order it was collected by.
-- spread: contract
CREATE TABLE payment (
    part             int NOT NULL,
    payment_id       uuid NOT NULL,
    contract_id      uuid NOT NULL,
    provider         text NOT NULL CHECK (provider ~ '^[a-z]{2,20}$'),
    provider_ref     text NOT NULL CHECK (length(provider_ref) BETWEEN 1 AND 200),
    purpose          text NOT NULL CHECK (purpose IN ('top_up', 'invoice')),
    net_micros       bigint NOT NULL CHECK (net_micros > 0),
    tax_micros       bigint NOT NULL CHECK (tax_micros >= 0),
    tax_category     text NOT NULL,
    tax_basis_points int NOT NULL CHECK (tax_basis_points BETWEEN 0 AND 10000),
    currency         text NOT NULL,
    state            text NOT NULL CHECK (state IN ('initiated', 'settled', 'returned', 'failed')),
    reference        text NOT NULL,
    document         text NOT NULL DEFAULT '',
    mandate_id       uuid,
    due_on           date,
    batch            text NOT NULL DEFAULT '',
    automatic        boolean NOT NULL DEFAULT false,
    bank_iban        text NOT NULL DEFAULT '',
    who              text NOT NULL DEFAULT '',
    why              text NOT NULL DEFAULT '',
    created_at       timestamptz NOT NULL,
    settled_at       timestamptz,
    ended_at         timestamptz,
    document_id      uuid,
    PRIMARY KEY (part, payment_id),
    UNIQUE (part, provider, provider_ref),
    FOREIGN KEY (part, contract_id) REFERENCES contract (part, contract_id),
    FOREIGN KEY (part, mandate_id) REFERENCES mandate (part, mandate_id),
    CHECK (state <> 'settled' OR settled_at IS NOT NULL)
);
CREATE INDEX payment_contract ON payment (part, contract_id, created_at);
CREATE INDEX payment_reference ON payment (part, reference);
CREATE INDEX payment_document ON payment (part, document) WHERE document <> '';
CREATE INDEX payment_batch ON payment (part, batch) WHERE batch <> '';
CREATE INDEX payment_iban ON payment (part, bank_iban) WHERE bank_iban <> '';
CREATE INDEX payment_undocumented ON payment (part, settled_at) WHERE settled_at IS NOT NULL AND document_id IS NULL;

-- Everything that was told of payments, each once; `moved` says whether it did anything.
-- spread: contract
CREATE TABLE payment_notice (
    part        int NOT NULL,
    provider    text NOT NULL,
    notice_id   text NOT NULL CHECK (length(notice_id) BETWEEN 1 AND 200),
    payment_id  uuid NOT NULL,
    word        text NOT NULL CHECK (word IN ('settled', 'returned', 'failed')),
    moved       boolean NOT NULL,
    at          timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (part, provider, notice_id),
    FOREIGN KEY (part, payment_id) REFERENCES payment (part, payment_id)
);
CREATE INDEX payment_notice_of ON payment_notice (part, payment_id);

-- What a company wishes for its money: a budget for the month, an alert when little is left, top-ups that happen by
-- themselves. `low_told`, `budget_told` (percent) and `auto_at` remember what was done about it.
-- spread: contract
CREATE TABLE spend_plan (
    part                  int NOT NULL,
    contract_id           uuid NOT NULL,
    month                 date NOT NULL,
    budget_micros         bigint CHECK (budget_micros >= 0),
    hard                  boolean NOT NULL DEFAULT false,
    low_micros            bigint CHECK (low_micros > 0),
    auto_below_micros     bigint CHECK (auto_below_micros > 0),
    auto_net_micros       bigint CHECK (auto_net_micros > 0),
    auto_month_max_micros bigint CHECK (auto_month_max_micros > 0),
    auto_pause_s          int CHECK (auto_pause_s >= 60),
    auto_provider         text,
    auto_mandate_id       uuid,
    auto_at               timestamptz,
    low_told              boolean NOT NULL DEFAULT false,
    budget_told           int NOT NULL DEFAULT 0 CHECK (budget_told BETWEEN 0 AND 100),
    changed_by            text NOT NULL,
    changed_at            timestamptz NOT NULL,
    PRIMARY KEY (part, contract_id),
    FOREIGN KEY (part, contract_id) REFERENCES contract (part, contract_id),
    FOREIGN KEY (part, auto_mandate_id) REFERENCES mandate (part, mandate_id)
);

-- spread: contract
CREATE TABLE money_alert (
    part         int NOT NULL,
    contract_id  uuid NOT NULL,
    alert_id     uuid NOT NULL,
    kind         text NOT NULL,
    micros       bigint NOT NULL,
    limit_micros bigint NOT NULL,
    at           timestamptz NOT NULL,
    PRIMARY KEY (part, contract_id, alert_id),
    FOREIGN KEY (part, contract_id) REFERENCES contract (part, contract_id)
);

-- spread: reference
CREATE TABLE bank_statement (
    statement_id   uuid PRIMARY KEY,
    iban           text NOT NULL,
    ident          text NOT NULL,
    sha256         bytea NOT NULL CHECK (length(sha256) = 32),
    currency       text NOT NULL,
    opening_micros bigint,
    closing_micros bigint,
    transactions   int NOT NULL,
    fresh          int NOT NULL,
    imported_by    text NOT NULL,
    imported_at    timestamptz NOT NULL,
    UNIQUE (iban, ident, sha256)
);

-- What a statement told, each transaction once by its key, however many statements tell it again. `suspense`: nobody
-- could tell but a person; `aside`: a person said that it is no payment of a company.
-- spread: reference
CREATE TABLE bank_entry (
    key            bytea PRIMARY KEY CHECK (length(key) = 32),
    statement_id   uuid NOT NULL REFERENCES bank_statement,
    number         int NOT NULL,
    booked_on      date NOT NULL,
    amount_micros  bigint NOT NULL,
    charges_micros bigint NOT NULL,
    currency       text NOT NULL,
    reversal       boolean NOT NULL,
    end_to_end     text NOT NULL,
    batch          text NOT NULL,
    told           text[] NOT NULL,
    remittance     text NOT NULL,
    name           text NOT NULL,
    iban           text NOT NULL,
    why            text NOT NULL,
    state          text NOT NULL CHECK (state IN ('booked', 'suspense', 'aside')),
    doubt          text NOT NULL DEFAULT '',
    contract_part  int,
    contract_id    uuid,
    payment_id     uuid,
    decided_by     text NOT NULL DEFAULT '',
    decided_at     timestamptz,
    note           text NOT NULL DEFAULT '',
    CHECK (state <> 'booked' OR contract_id IS NOT NULL OR batch <> '')
);
CREATE INDEX bank_entry_suspense ON bank_entry (booked_on, key) WHERE state = 'suspense';

-- Orders to collect, as they went to the bank.
-- spread: reference
CREATE TABLE collection (
    ident      text PRIMARY KEY,
    scheme     text NOT NULL CHECK (scheme IN ('CORE', 'B2B')),
    payments   int NOT NULL CHECK (payments > 0),
    sum_micros bigint NOT NULL CHECK (sum_micros > 0),
    document   text NOT NULL,
    made_by    text NOT NULL,
    made_at    timestamptz NOT NULL
);

-- Bookings by hand: somebody proposes, somebody else signs. Acts, never changed, in the order of `number`.
-- spread: reference
CREATE TABLE booking_act (
    booking_id uuid NOT NULL,
    number     int NOT NULL CHECK (number > 0),
    kind       text NOT NULL CHECK (kind IN ('propose', 'sign', 'withdraw')),
    who        text NOT NULL CHECK (length(who) BETWEEN 1 AND 200),
    staff_id   uuid REFERENCES staff,
    at         timestamptz NOT NULL,
    body       jsonb,
    note       text NOT NULL DEFAULT '',
    PRIMARY KEY (booking_id, number),
    CHECK ((kind = 'propose') = (body IS NOT NULL)),
    CHECK (kind <> 'sign' OR staff_id IS NOT NULL)
);
CREATE INDEX booking_act_first ON booking_act (at) WHERE number = 1;
