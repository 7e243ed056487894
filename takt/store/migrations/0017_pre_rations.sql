-- Rations: what is used up of something that is limited for a company or a template, by the slot in which it was used.

DROP TABLE reach_count;
-- spread: contract
CREATE TABLE ration (
    part    int NOT NULL,
    subject text NOT NULL,
    slot_at timestamptz NOT NULL,
    used    int NOT NULL,
    PRIMARY KEY (part, subject, slot_at)
) WITH (fillfactor = 50);

-- Pacing: how many messages of a template may go out until people have said what they think; null is all of them.
ALTER TABLE template ADD COLUMN room int CHECK (room > 0);
ALTER TABLE template ADD COLUMN paced_at timestamptz;
