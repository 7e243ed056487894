-- Partners sell on: what a client's message costs its partner is a second leg beside the client's own, both or none.

ALTER TABLE business ADD COLUMN partner_part int;
ALTER TABLE business ADD COLUMN partner_id uuid;
-- `share` is what the partner keeps, in basis points; `earned_on` where a capture goes, if not to the revenue of its category.
ALTER TABLE hold ADD COLUMN leg smallint NOT NULL DEFAULT 0 CHECK (leg IN (0, 1));
ALTER TABLE hold ADD COLUMN share smallint CHECK (share BETWEEN 0 AND 10000);
ALTER TABLE hold ADD COLUMN earned_on text;
ALTER TABLE hold DROP CONSTRAINT hold_pkey;
ALTER TABLE hold ADD PRIMARY KEY (part, message_id, leg);
ALTER TABLE account DROP CONSTRAINT account_kind_check;
ALTER TABLE account ADD CONSTRAINT account_kind_check CHECK (kind ~ '^((spend|receivable|bank|breakage|rounding|loss|suspense|marketing|adjustment|revenue|partner)|(revenue|tax|grant|clearing|lease):[a-z0-9_.-]{1,60})$');
