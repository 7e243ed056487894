-- Feedback: what people do about the messages of companies, one row for each act and message. Taken back ones stay.
-- `weight` is what the act counts, in thousandths: less from somebody who blocks everyone, nothing beyond a brigade's cap.
-- spread: recipient
CREATE TABLE feedback (
    part         int NOT NULL,
    recipient_id uuid NOT NULL,
    message_id   uuid NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('block', 'report', 'stop', 'stop_all', 'mute', 'interested',
                                               'not_interested', 'reply')),
    reason       text NOT NULL DEFAULT '',
    sender_id    text NOT NULL,
    business_id  uuid NOT NULL,
    template_id  text NOT NULL,
    category     text NOT NULL,
    market       text NOT NULL,
    weight       int NOT NULL CHECK (weight BETWEEN 0 AND 1000),
    newcomer     boolean NOT NULL,
    was_read     boolean NOT NULL,
    slot_at      timestamptz NOT NULL,
    at           timestamptz NOT NULL,
    undone_at    timestamptz,
    PRIMARY KEY (part, recipient_id, message_id, kind)
);
CREATE INDEX feedback_template ON feedback (part, template_id, slot_at) WHERE kind IN ('block', 'report');
CREATE INDEX feedback_sender ON feedback (part, sender_id, at) WHERE kind NOT IN ('reply', 'interested');
CREATE INDEX feedback_at ON feedback (part, at) WHERE kind IN ('block', 'report');

-- How messages were taken, counted by the quarter of an hour in which they were delivered; after a month by the day.
-- `template_id` is empty for what is no template. `harm` is in thousandths of a block.
-- spread: recipient
CREATE TABLE resonance (
    part           int NOT NULL,
    sender_id      text NOT NULL,
    template_id    text NOT NULL,
    slot_at        timestamptz NOT NULL,
    market         text NOT NULL,
    category       text NOT NULL,
    business_id    uuid NOT NULL,
    delivered      int NOT NULL DEFAULT 0,
    read           int NOT NULL DEFAULT 0,
    replied        int NOT NULL DEFAULT 0,
    interested     int NOT NULL DEFAULT 0,
    not_interested int NOT NULL DEFAULT 0,
    muted          int NOT NULL DEFAULT 0,
    stopped        int NOT NULL DEFAULT 0,
    blocked        int NOT NULL DEFAULT 0,
    reported       int NOT NULL DEFAULT 0,
    harm           bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (part, sender_id, template_id, slot_at, market, category)
) WITH (fillfactor = 60);
CREATE INDEX resonance_slot ON resonance USING brin (part, slot_at) WITH (pages_per_range = 32, autosummarize = on);

-- A person mutes a chat: it goes on, without a word about it.
ALTER TABLE thread ADD COLUMN muted_at timestamptz;
