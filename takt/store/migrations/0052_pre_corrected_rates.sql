-- A rate that was told wrong is corrected by a version that supersedes it: what was issued by an earlier one keeps that.
ALTER TABLE exchange_rate ADD COLUMN version int NOT NULL DEFAULT 1 CHECK (version > 0);
ALTER TABLE exchange_rate ADD COLUMN why text NOT NULL DEFAULT '' CHECK (length(why) <= 500);
ALTER TABLE exchange_rate DROP CONSTRAINT exchange_rate_pkey;
ALTER TABLE exchange_rate ADD PRIMARY KEY (currency, month, version);
-- Who corrects says why.
ALTER TABLE exchange_rate ADD CONSTRAINT exchange_rate_reason CHECK ((version = 1) = (why = ''));
