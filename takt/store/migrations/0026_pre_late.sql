-- Messages whose time was over and of which no receipt has come: what late receipts look through.
CREATE INDEX message_expired ON message (part, recipient_id, cursor) WHERE status = 'failed' AND reason = 'expired' AND delivered_at IS NULL AND NOT inbound AND cursor IS NOT NULL;
