-- Fits look for what was learned of messages whose volume was drawn by lot, the newest first.
CREATE INDEX admission_drawn ON admission (part, learned_at) WHERE let_out AND learned_at IS NOT NULL AND (mode = 'cap' OR explored);
