-- Average rates of months by which tax in another currency is told in euro: millionths of the currency for a euro. What
-- was used on a document must stay, so nobody may change or remove one.
-- spread: reference
CREATE TABLE exchange_rate (
    currency        text NOT NULL CHECK (currency ~ '^[A-Z]{3}$' AND currency <> 'EUR'),
    month           date NOT NULL CHECK (extract(day FROM month) = 1),
    per_euro_micros bigint NOT NULL CHECK (per_euro_micros > 0),
    source          text NOT NULL CHECK (length(source) BETWEEN 1 AND 200),
    set_by          text NOT NULL,
    set_at          timestamptz NOT NULL,
    PRIMARY KEY (currency, month)
);
REVOKE UPDATE, DELETE, TRUNCATE ON exchange_rate FROM CURRENT_USER;
