-- What the operator's people did with proposed changes of the policy: acts, never changed, in the order of `number`.
-- `document` is the policy that was proposed, for the acts that bring one; a signature names the preview it rests on.
-- spread: reference
CREATE TABLE tact_act (
    proposal_id uuid NOT NULL,
    number      int NOT NULL CHECK (number > 0),
    kind        text NOT NULL CHECK (kind IN ('propose', 'change', 'preview', 'sign', 'apply', 'withdraw')),
    who         text NOT NULL CHECK (length(who) BETWEEN 1 AND 200),
    staff_id    uuid REFERENCES staff,
    at          timestamptz NOT NULL,
    document    jsonb,
    sha256      bytea NOT NULL CHECK (length(sha256) = 32),
    preview_id  uuid,
    version     int,
    note        text NOT NULL DEFAULT '',
    PRIMARY KEY (proposal_id, number),
    CHECK ((kind IN ('propose', 'change')) = (document IS NOT NULL)),
    CHECK (kind NOT IN ('preview', 'sign', 'apply') OR preview_id IS NOT NULL),
    CHECK (kind <> 'sign' OR staff_id IS NOT NULL)
);
CREATE INDEX tact_act_first ON tact_act (at) WHERE number = 1;

-- Previews: one may be computed, and one more may wait for that.
-- spread: reference
CREATE TABLE tact_preview (
    preview_id  uuid PRIMARY KEY,
    proposal_id uuid NOT NULL,
    sha256      bytea NOT NULL CHECK (length(sha256) = 32),
    document    jsonb NOT NULL,
    base        int NOT NULL CHECK (base >= 0),
    who         text NOT NULL,
    asked_at    timestamptz NOT NULL,
    state       text NOT NULL CHECK (state IN ('asked', 'running', 'done', 'failed')),
    lease_until timestamptz,
    ended_at    timestamptz,
    within      boolean,
    result      jsonb,
    fault       text,
    CHECK ((state = 'running') = (lease_until IS NOT NULL)),
    CHECK ((state = 'done') = (result IS NOT NULL AND within IS NOT NULL))
);
CREATE UNIQUE INDEX tact_preview_asked ON tact_preview (state) WHERE state = 'asked';
CREATE INDEX tact_preview_running ON tact_preview (lease_until) WHERE state = 'running';
CREATE INDEX tact_preview_of ON tact_preview (proposal_id, asked_at);
