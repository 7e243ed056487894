-- The lines of a month are written once, as what they rest on is.
REVOKE UPDATE, DELETE, TRUNCATE ON closing_line FROM CURRENT_USER;
