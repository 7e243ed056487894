-- Of a transaction that paid an invoice and more, so much is booked; the rest waits for a person.
ALTER TABLE bank_entry ADD COLUMN settled_micros bigint NOT NULL DEFAULT 0 CHECK (settled_micros >= 0);
