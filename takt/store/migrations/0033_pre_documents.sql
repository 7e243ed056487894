-- Documents of money: who writes and who gets them by law, their numbers, and what was issued.

-- The operator's legal data, in versions: the newest holds, the others stand on what was issued before.
-- spread: reference
CREATE TABLE operator_legal (
    version  int PRIMARY KEY CHECK (version > 0),
    document json NOT NULL,
    set_by   text NOT NULL,
    set_at   timestamptz NOT NULL
);

-- A customer's, the same. `vat_checked_at` is when the VAT id was confirmed by the authorities, `vat_proof` their answer.
-- spread: contract
CREATE TABLE customer_legal (
    part           int NOT NULL,
    contract_id    uuid NOT NULL,
    version        int NOT NULL CHECK (version > 0),
    document       json NOT NULL,
    set_by         text NOT NULL,
    set_at         timestamptz NOT NULL,
    vat_checked_at timestamptz,
    vat_proof      text NOT NULL DEFAULT '',
    PRIMARY KEY (part, contract_id, version),
    FOREIGN KEY (part, contract_id) REFERENCES contract (part, contract_id)
);

-- The next number of each series. Whoever issues holds the row until that is committed, so no number is lost or given twice.
-- spread: reference
CREATE TABLE number_series (
    series  text NOT NULL CHECK (series ~ '^[A-Z]{2}$'),
    year    int NOT NULL,
    next    bigint NOT NULL CHECK (next > 0),
    last_on date NOT NULL,
    PRIMARY KEY (series, year)
);

-- What was issued, and nothing else: a draft is a value that has no row. `report` says which checks ran, and that they
-- found nothing; `digest` is the SHA-256 over PDF, CII and UBL, and the database works it out again. No foreign key leads
-- here: to check one, PostgreSQL locks the row, and wants the right to change it for that.
-- spread: contract
CREATE TABLE document (
    part         int NOT NULL,
    document_id  uuid NOT NULL,
    contract_id  uuid NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('invoice', 'credit_note', 'advance', 'statement')),
    status       text NOT NULL DEFAULT 'issued' CHECK (status = 'issued'),
    series       text NOT NULL,
    year         int NOT NULL,
    ordinal      bigint NOT NULL CHECK (ordinal > 0),
    number       text NOT NULL CHECK (number <> ''),
    issued_on    date NOT NULL,
    issued_at    timestamptz NOT NULL,
    period_first date NOT NULL,
    period_last  date NOT NULL,
    due_on       date NOT NULL,
    currency     text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    net          bigint NOT NULL,
    tax          bigint NOT NULL,
    gross        bigint NOT NULL,
    payable      bigint NOT NULL CHECK (payable >= 0),
    corrects     uuid,
    value        json NOT NULL,
    pdf          bytea NOT NULL CHECK (length(pdf) > 0),
    cii          bytea NOT NULL,
    ubl          bytea NOT NULL,
    digest       bytea NOT NULL,
    made_by      text NOT NULL,
    report       jsonb NOT NULL,
    PRIMARY KEY (part, document_id),
    UNIQUE (part, series, year, ordinal),
    UNIQUE (part, number),
    FOREIGN KEY (part, contract_id) REFERENCES contract (part, contract_id),
    CHECK (gross = net + tax),
    CHECK (period_first <= period_last),
    CHECK ((kind = 'credit_note') = (corrects IS NOT NULL)),
    CHECK (digest = sha256(pdf || cii || ubl)),
    CHECK (kind = 'statement' OR length(cii) > 0 AND length(ubl) > 0),
    CHECK (jsonb_array_length(report -> 'checks') > 0 AND jsonb_array_length(report -> 'findings') = 0),
    CHECK (kind = 'statement' OR report -> 'checks' @> '[{"name": "Factur-X"}, {"name": "EN 16931"}]')
);
CREATE INDEX document_contract ON document (part, contract_id, issued_at);
CREATE INDEX document_corrects ON document (part, corrects) WHERE corrects IS NOT NULL;
REVOKE UPDATE, DELETE, TRUNCATE ON document FROM CURRENT_USER;

-- Its lines, to be looked at and summed up. `key` says what was rolled up; `of_line` which line a credit takes back.
-- spread: contract
CREATE TABLE document_line (
    part              int NOT NULL,
    document_id       uuid NOT NULL,
    number            int NOT NULL CHECK (number > 0),
    key               text NOT NULL,
    text              text NOT NULL,
    quantity          bigint NOT NULL,
    unit              text NOT NULL,
    unit_price_micros bigint NOT NULL CHECK (unit_price_micros >= 0),
    net               bigint NOT NULL,
    tax_category      text NOT NULL CHECK (tax_category IN ('S', 'AE', 'E', 'G', 'O')),
    tax_basis_points  int NOT NULL CHECK (tax_basis_points BETWEEN 0 AND 10000),
    period_first      date NOT NULL,
    period_last       date NOT NULL,
    of_line           int NOT NULL DEFAULT 0,
    PRIMARY KEY (part, document_id, number)
);
REVOKE UPDATE, DELETE, TRUNCATE ON document_line FROM CURRENT_USER;
