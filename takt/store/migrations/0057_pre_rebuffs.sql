-- Refusals that were told at once and left no message. For each sender, reason and minute there are so many places; who
-- shares one is counted in `times` and stands behind the first. A number goes sooner where it is nobody's (not `known`).
-- spread: recipient
CREATE TABLE rebuff (
    part        int NOT NULL,
    minute      timestamptz NOT NULL,
    sender_id   text NOT NULL,
    reason      text NOT NULL,
    place       smallint NOT NULL,
    message_id  uuid NOT NULL,
    business_id uuid NOT NULL,
    wa_id       text NOT NULL,
    known       boolean NOT NULL,
    type        text NOT NULL,
    category    text NOT NULL,
    template_id text,
    callback    text,
    facts       json NOT NULL,
    pricing     json,
    at          timestamptz NOT NULL,
    times       int NOT NULL CHECK (times > 0),
    PRIMARY KEY (part, minute, sender_id, reason, place)
);
CREATE INDEX rebuff_message ON rebuff (part, message_id);
CREATE INDEX rebuff_number ON rebuff (part, wa_id) WHERE wa_id <> '';
CREATE INDEX rebuff_nobody ON rebuff (part, minute) WHERE NOT known AND wa_id <> '';
