-- Final invoices: what a contract that pays ahead gets when a month is over; and months that wait for one that outweighs them.

-- `statement`: what was used, and no invoice. `final`: an invoice that takes off what advance invoices brought.
ALTER TABLE contract ADD COLUMN month_document text NOT NULL DEFAULT 'statement'
    CHECK (month_document IN ('statement', 'final'));

-- A month that gives back more than it asks for has no document of its own: it is carried into a later one.
ALTER TABLE closing DROP CONSTRAINT closing_state_check;
ALTER TABLE closing ADD CONSTRAINT closing_state_check CHECK (state IN ('empty', 'frozen', 'carried', 'issued'));
UPDATE closing SET state = 'carried', fault = '' WHERE state = 'frozen' AND fault LIKE 'TAKT-CARRIED%';
