-- When a wallet cannot be asked, nothing goes out: no money is set aside for such a time.
ALTER TABLE business DROP COLUMN outage_micros;
