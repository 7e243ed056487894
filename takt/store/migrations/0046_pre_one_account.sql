-- The operator's account is that of its legal data, which documents show: where both were named, that one is used.
INSERT INTO own_account (iban, holder, bic, creditor_id, set_by, set_at)
SELECT replace(document -> 'account' ->> 'iban', ' ', ''),
       left(coalesce(nullif(document -> 'account' ->> 'holder', ''), document ->> 'name'), 70),
       coalesce(document -> 'account' ->> 'bic', ''), coalesce(document ->> 'creditor_id', ''), set_by, now()
FROM operator_legal WHERE document -> 'account' ->> 'iban' <> '' ORDER BY version DESC LIMIT 1
ON CONFLICT (iban) DO UPDATE SET holder = excluded.holder, bic = excluded.bic, creditor_id = excluded.creditor_id,
    set_by = excluded.set_by, set_at = excluded.set_at;
