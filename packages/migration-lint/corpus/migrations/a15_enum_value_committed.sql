BEGIN;
CREATE TYPE note_state AS ENUM ('open', 'closed');
CREATE TABLE note (id bigint PRIMARY KEY, state note_state NOT NULL);
COMMIT;
ALTER TYPE note_state ADD VALUE 'held';
INSERT INTO note VALUES (1, 'held');
