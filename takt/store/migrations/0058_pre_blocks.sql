-- What a person blocks, asked for with each advertisement of an owner of several numbers; few threads have it.
CREATE INDEX thread_blocked ON thread (part, recipient_id) WHERE blocked_at IS NOT NULL;
