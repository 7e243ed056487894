-- How fast and how surely endpoints of flows answer, and what their companies were told of that.

-- Exchanges that no answer came to at all.
ALTER TABLE flow_count ADD COLUMN unreached int NOT NULL DEFAULT 0;
-- Answers by the time that they took, in steps of a tenth of a second; the last are all that took longer.
ALTER TABLE flow_count ADD COLUMN tempo int[] NOT NULL DEFAULT '{}';

-- Which threshold the company was told of last and has not recovered from, since the window that began then.
-- spread: contract
CREATE TABLE flow_alert (
    part      int NOT NULL,
    flow_id   text NOT NULL,
    kind      text NOT NULL CHECK (kind IN ('errors', 'latency', 'availability')),
    threshold int NOT NULL,
    began_at  timestamptz NOT NULL,
    PRIMARY KEY (part, flow_id, kind)
);
