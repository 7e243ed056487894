-- Media: what a medium is and whose, where it is used, and its bytes in chunks unless they lie elsewhere.

-- `open` while its bytes come in, `whole` when all are there, `gone` when they are being dropped. Either a business
-- owns it or the person who brought it, in whose part it then lies. Of an open one `size` is the length that was said.
-- spread: recipient
CREATE TABLE media (
    part         int NOT NULL,
    media_id     text NOT NULL CHECK (media_id ~ '^6[0-9]{14}$'),
    state        text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'whole', 'gone')),
    business_id  uuid,
    sender_id    text,
    app_id       text,
    recipient_id uuid,
    url_key      text NOT NULL,
    mime_type    text NOT NULL,
    filename     text,
    size         bigint NOT NULL CHECK (size >= 0),
    received     bigint NOT NULL DEFAULT 0,
    sha256       bytea CHECK (length(sha256) = 32),
    animated     boolean NOT NULL DEFAULT false,
    width        int,
    height       int,
    channels     int,
    used         boolean NOT NULL DEFAULT false,
    writer       text,
    writer_until timestamptz,
    created_at   timestamptz NOT NULL,
    served_until timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    PRIMARY KEY (part, media_id),
    CHECK ((business_id IS NULL) <> (recipient_id IS NULL)),
    CHECK (state <> 'whole' OR sha256 IS NOT NULL)
);
CREATE INDEX media_expiry ON media (part, expires_at);
CREATE INDEX media_unsent ON media (part, recipient_id) WHERE recipient_id IS NOT NULL AND NOT used;

-- spread: recipient
CREATE TABLE media_chunk (
    part     int NOT NULL,
    media_id text NOT NULL,
    number   int NOT NULL CHECK (number >= 0),
    body     bytea NOT NULL,
    PRIMARY KEY (part, media_id, number),
    FOREIGN KEY (part, media_id) REFERENCES media (part, media_id)
);

-- In whose inbox a medium is, by which message of or to which business.
-- spread: recipient
CREATE TABLE media_use (
    part         int NOT NULL,
    recipient_id uuid NOT NULL,
    media_id     text NOT NULL,
    message_id   uuid NOT NULL,
    business_id  uuid NOT NULL,
    at           timestamptz NOT NULL,
    PRIMARY KEY (part, recipient_id, media_id, message_id)
);
CREATE INDEX media_use_age ON media_use (part, at);

-- What was found behind a link of a business, for some minutes.
-- spread: contract
CREATE TABLE media_link (
    part        int NOT NULL,
    business_id uuid NOT NULL,
    sha256      bytea NOT NULL CHECK (length(sha256) = 32),
    media_id    text NOT NULL,
    until       timestamptz NOT NULL,
    PRIMARY KEY (part, business_id, sha256)
);
CREATE INDEX media_link_age ON media_link (part, until);
