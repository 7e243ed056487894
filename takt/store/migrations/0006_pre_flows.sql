-- Flows: forms in screens that companies write as JSON.

-- spread: reference
CREATE TABLE flow (
    flow_id          text PRIMARY KEY CHECK (flow_id ~ '^[0-9]{5,20}$'),
    business_id      uuid NOT NULL REFERENCES business,
    app_id           text REFERENCES app,
    name             text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    categories       text[] NOT NULL,
    status           text NOT NULL CHECK (status IN ('DRAFT', 'PUBLISHED', 'DEPRECATED', 'BLOCKED', 'THROTTLED')),
    body             text,
    faults           json NOT NULL DEFAULT '[]',
    json_version     text,
    data_api_version text,
    endpoint_uri     text CHECK (length(endpoint_uri) <= 2048),
    preview_key      text NOT NULL,
    preview_until    timestamptz NOT NULL,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    UNIQUE (business_id, name)
);

-- Exchanges of a flow with its endpoint, in windows of half an hour.
-- spread: contract
CREATE TABLE flow_count (
    part      int NOT NULL,
    flow_id   text NOT NULL,
    began_at  timestamptz NOT NULL,
    exchanges int NOT NULL,
    failures  int NOT NULL,
    PRIMARY KEY (part, flow_id, began_at)
) WITH (fillfactor = 50);
