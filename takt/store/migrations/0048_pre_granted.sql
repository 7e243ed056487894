-- A document takes off what grants paid: a line of its own.
ALTER TABLE closing_line DROP CONSTRAINT closing_line_kind_check;
ALTER TABLE closing_line ADD CONSTRAINT closing_line_kind_check
    CHECK (kind IN ('usage', 'grant', 'fee', 'commitment'));
CREATE INDEX journal_granted ON journal (part, contract_id, event_at)
    WHERE debit LIKE 'grant:%' OR credit LIKE 'grant:%';
