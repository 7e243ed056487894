-- What is believed of a person in one row, found by one look-up on the send path: how much they put up with (`logs`, unscaled
-- logarithms of the weights of the classes, learned since the first message), and how much they like whoever stands behind a
-- company, beyond what all people do: of each of `owners` the mean and variance at its place.
-- spread: recipient
CREATE TABLE belief (
    part         int NOT NULL,
    recipient_id uuid NOT NULL,
    logs         float8[] NOT NULL DEFAULT '{}',
    owners       uuid[] NOT NULL DEFAULT '{}',
    means        float8[] NOT NULL DEFAULT '{}',
    variances    float8[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (part, recipient_id),
    CHECK (cardinality(means) = cardinality(owners) AND cardinality(variances) = cardinality(owners))
);

INSERT INTO belief (part, recipient_id, logs) SELECT part, recipient_id, logs FROM tolerance;
INSERT INTO belief (part, recipient_id, owners, means, variances)
    SELECT part, recipient_id, array_agg(owner_id), array_agg(mean), array_agg(variance) FROM liking
    GROUP BY part, recipient_id
    ON CONFLICT (part, recipient_id)
    DO UPDATE SET owners = excluded.owners, means = excluded.means, variances = excluded.variances;
