-- Programs and what lets them in: system users, tokens with a name that can be revoked, codes that become tokens once,
-- apps that ask for a proof with every token. Beside it: the switch of template insights, and counted calls.

-- spread: reference
CREATE TABLE program_user (
    user_id     text PRIMARY KEY CHECK (user_id ~ '^[0-9]{15}$'),
    business_id uuid NOT NULL REFERENCES business,
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    created_at  timestamptz NOT NULL
);
CREATE INDEX program_user_business ON program_user (business_id);

-- spread: reference
CREATE TABLE code (
    sha256      bytea PRIMARY KEY CHECK (length(sha256) = 32),
    app_id      text NOT NULL REFERENCES app,
    business_id uuid NOT NULL REFERENCES business,
    scopes      text[] NOT NULL,
    expires_at  timestamptz NOT NULL,
    used_at     timestamptz
);

ALTER TABLE token ADD COLUMN user_id text REFERENCES program_user;
ALTER TABLE token ADD COLUMN name text NOT NULL DEFAULT '';
ALTER TABLE token ADD COLUMN revoked_at timestamptz;
ALTER TABLE app ADD COLUMN proof_required boolean NOT NULL DEFAULT false;

-- How often an app asked about a node in the hour that the row names: one row for each such pair, for ever.
-- spread: contract
CREATE TABLE call_count (
    part   int NOT NULL,
    app_id text NOT NULL,
    node   text NOT NULL,
    hour   timestamptz NOT NULL,
    calls  bigint NOT NULL,
    PRIMARY KEY (part, app_id, node)
) WITH (fillfactor = 50);
