-- What a price by another rate card would ask about a message: country, service window, form. Not among what is charged,
-- so not under the hashes of its batch. Empty in rows from before.
ALTER TABLE usage ADD COLUMN region text NOT NULL DEFAULT '';
ALTER TABLE usage ADD COLUMN window_kind text NOT NULL DEFAULT '';
ALTER TABLE usage ADD COLUMN form text NOT NULL DEFAULT '';

ALTER TABLE usage_sum DROP CONSTRAINT usage_sum_pkey;
ALTER TABLE usage_sum ADD COLUMN region text NOT NULL DEFAULT '';
ALTER TABLE usage_sum ADD COLUMN window_kind text NOT NULL DEFAULT '';
ALTER TABLE usage_sum ADD COLUMN form text NOT NULL DEFAULT '';
ALTER TABLE usage_sum ADD PRIMARY KEY (part, contract_id, day, sender_id, template_id, category, market, card, card_version, rule, tier, unit_price_micros, region, window_kind, form);

-- From any figure down to its messages: what a contract used, newest first.
CREATE INDEX usage_of_contract ON usage (part, contract_id, delivered_at);

-- The card by which the traffic of a company is priced beside its own, without moving money.
ALTER TABLE business ADD COLUMN shadow_card text;
