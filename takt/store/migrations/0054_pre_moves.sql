-- Who sells to a company from a moment on: a partner's contract, or the operator where there is none; before the first of these, whoever it was registered with.
-- spread: reference
CREATE TABLE partner_assignment (
    business_id  uuid NOT NULL REFERENCES business,
    valid_from   timestamptz NOT NULL,
    partner_part int,
    partner_id   uuid,
    assigned_by  text NOT NULL,
    assigned_at  timestamptz NOT NULL,
    PRIMARY KEY (business_id, valid_from),
    CHECK ((partner_part IS NULL) = (partner_id IS NULL))
);
