-- Messages of a stretch of time. Rows come in about that order, so a summary for each run of pages finds them, and it
-- costs a new row next to nothing. Ids cannot serve: that of a repeatable request stands for the request, not the time.
CREATE INDEX message_accepted ON message USING brin (part, accepted_at) WITH (pages_per_range = 32, autosummarize = on);
