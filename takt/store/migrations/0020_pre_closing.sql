-- Usage in sums by day, the close of a month, and the lines that its document is made of.

-- Up to which instant of booking the usage of a part is in the sums.
-- spread: recipient
CREATE TABLE usage_mark (
    part    int NOT NULL,
    through timestamptz NOT NULL,
    PRIMARY KEY (part)
);

-- What was delivered on a day, on the clocks of the contract: units of one price, each for what it was priced by. A
-- refund takes a unit away, so a day may have less than none.
-- spread: contract
CREATE TABLE usage_sum (
    part              int NOT NULL,
    contract_id       uuid NOT NULL,
    day               date NOT NULL,
    sender_id         text NOT NULL,
    template_id       text NOT NULL,
    category          text NOT NULL,
    market            text NOT NULL,
    card              text NOT NULL,
    card_version      int NOT NULL,
    rule              int NOT NULL,
    tier              text NOT NULL,
    unit_price_micros bigint NOT NULL CHECK (unit_price_micros >= 0),
    quantity          bigint NOT NULL,
    PRIMARY KEY (
        part, contract_id, day, sender_id, template_id, category, market, card, card_version, rule, tier,
        unit_price_micros
    ),
    FOREIGN KEY (part, contract_id) REFERENCES contract (part, contract_id)
) WITH (fillfactor = 70);

-- The close of a month, from the moment its lines are fixed. `document_id` is there once the document has a number;
-- `fault` says why it has none yet.
-- spread: contract
CREATE TABLE closing (
    part                int NOT NULL,
    contract_id         uuid NOT NULL,
    month               date NOT NULL,
    state               text NOT NULL CHECK (state IN ('empty', 'frozen', 'issued')),
    used_micros         bigint NOT NULL,
    net_minor           bigint NOT NULL,
    rounding_micros     bigint NOT NULL,
    commitment_micros   bigint NOT NULL CHECK (commitment_micros >= 0),
    commitment_eligible text[] NOT NULL,
    frozen_at           timestamptz NOT NULL,
    document_id         uuid,
    issued_at           timestamptz,
    fault               text NOT NULL DEFAULT '',
    PRIMARY KEY (part, contract_id, month),
    FOREIGN KEY (part, contract_id) REFERENCES contract (part, contract_id),
    CHECK ((state = 'issued') = (issued_at IS NOT NULL)),
    CHECK (extract(day FROM month) = 1)
);

-- Written once, with the close of their month, and never changed.
-- spread: contract
CREATE TABLE closing_line (
    part              int NOT NULL,
    contract_id       uuid NOT NULL,
    month             date NOT NULL,
    number            int NOT NULL CHECK (number > 0),
    kind              text NOT NULL CHECK (kind IN ('usage', 'fee', 'commitment')),
    begins            date NOT NULL,
    ends              date NOT NULL,
    quantity          bigint NOT NULL CHECK (quantity <> 0),
    unit_price_micros bigint NOT NULL CHECK (unit_price_micros > 0),
    category          text NOT NULL,
    market            text NOT NULL,
    card              text NOT NULL,
    card_version      int NOT NULL,
    rule              int NOT NULL,
    tier              text NOT NULL,
    name              text NOT NULL,
    PRIMARY KEY (part, contract_id, month, number),
    FOREIGN KEY (part, contract_id, month) REFERENCES closing (part, contract_id, month),
    CHECK (begins < ends)
);
