SET LOCAL lock_timeout = '5s';
CREATE SCHEMA empty;
ALTER ROLE CURRENT_USER SET search_path = empty;
