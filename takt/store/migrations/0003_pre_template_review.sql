-- The life of templates: what they were and will be, and who decided it.

ALTER TABLE template DROP CONSTRAINT template_language_check;
ALTER TABLE template ADD CONSTRAINT template_language_check CHECK (language ~ '^[a-z]{2,3}(_[A-Z]{2})?$');
ALTER TABLE template DROP CONSTRAINT template_status_check;
ALTER TABLE template ADD CONSTRAINT template_status_check CHECK (status IN ('PENDING', 'APPROVED', 'REJECTED', 'PAUSED',
    'DISABLED', 'IN_APPEAL', 'FLAGGED', 'LOCKED', 'LIMIT_EXCEEDED', 'PENDING_DELETION', 'DELETED', 'ARCHIVED'));
-- A deleted template keeps its row, and gives its name free.
ALTER TABLE template DROP CONSTRAINT template_business_id_name_language_key;
CREATE UNIQUE INDEX template_name ON template (business_id, name, language) WHERE status <> 'DELETED';
CREATE INDEX template_deleted ON template (business_id, name) WHERE status = 'DELETED';
ALTER TABLE template ADD COLUMN before text NOT NULL DEFAULT '';
ALTER TABLE template ADD COLUMN submitted_at timestamptz NOT NULL DEFAULT 'epoch';
ALTER TABLE template ADD COLUMN checked boolean NOT NULL DEFAULT false;
ALTER TABLE template ADD COLUMN check_result json;
ALTER TABLE template ADD COLUMN due_at timestamptz;
CREATE INDEX template_due ON template (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX template_waiting ON template (submitted_at, template_id) WHERE status IN ('PENDING', 'IN_APPEAL');
ALTER TABLE template ADD COLUMN previous_category text CHECK (previous_category IN ('marketing', 'utility', 'authentication'));
ALTER TABLE template ADD COLUMN correct_category text CHECK (correct_category IN ('marketing', 'utility', 'authentication'));
ALTER TABLE template ADD COLUMN category_at timestamptz;
ALTER TABLE template ADD COLUMN rejected_reason text NOT NULL DEFAULT 'NONE';
ALTER TABLE template ADD COLUMN quality text NOT NULL DEFAULT 'UNKNOWN' CHECK (quality IN ('GREEN', 'YELLOW', 'RED', 'UNKNOWN'));
ALTER TABLE template ADD COLUMN quality_at timestamptz;
ALTER TABLE template ADD COLUMN pauses int NOT NULL DEFAULT 0;
ALTER TABLE template ADD COLUMN paused_until timestamptz;
ALTER TABLE template ADD COLUMN approved_at timestamptz;
ALTER TABLE template ADD COLUMN gone_at timestamptz;
ALTER TABLE template ADD COLUMN archived_at timestamptz;
ALTER TABLE template ADD COLUMN edited timestamptz[] NOT NULL DEFAULT '{}';
ALTER TABLE template ADD COLUMN updated_at timestamptz NOT NULL DEFAULT 'epoch';
ALTER TABLE template ADD COLUMN sub_category text;
ALTER TABLE template ADD COLUMN library_template_name text;
ALTER TABLE template ADD COLUMN link_tracking_opted_out boolean NOT NULL DEFAULT false;
ALTER TABLE template ADD COLUMN extras json NOT NULL DEFAULT '{}';
UPDATE template SET submitted_at = created_at, updated_at = created_at;
UPDATE template SET approved_at = created_at WHERE status IN ('APPROVED', 'PAUSED', 'DISABLED');

-- Who decided what about a template, and why. Append-only, in the part of the company's contract.
-- spread: contract
CREATE TABLE template_review (
    part        int NOT NULL,
    review_id   uuid NOT NULL,
    command_id  uuid NOT NULL,
    template_id text NOT NULL,
    at          timestamptz NOT NULL,
    actor       text NOT NULL CHECK (actor IN ('company', 'check', 'operator', 'clock')),
    move        text NOT NULL,
    from_status text NOT NULL,
    to_status   text NOT NULL,
    category    text NOT NULL,
    reason      text NOT NULL,
    note        text NOT NULL,
    findings    json NOT NULL DEFAULT '[]',
    PRIMARY KEY (part, review_id)
);
CREATE INDEX template_review_template ON template_review (part, template_id, review_id);
CREATE INDEX template_review_command ON template_review (part, command_id);
