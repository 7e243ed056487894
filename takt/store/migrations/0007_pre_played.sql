-- When a voice note was played for the first time.
ALTER TABLE message ADD COLUMN played_at timestamptz;
