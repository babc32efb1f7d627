import type { Cases } from '../../testing/cases.ts';
import type { additiveRules } from '../additive.ts';

/** What takes less than before: types, constraints, columns that have to be filled. */
export const tightened = {
  'change-column-type': {
    red: [
      'ALTER TABLE audit_log ALTER status_code TYPE bigint',
      'ALTER TABLE audit_log ALTER payload SET DATA TYPE text USING payload::text',
    ],
    green: [
      'CREATE TABLE x (a int); ALTER TABLE x ALTER a TYPE bigint',
      'ALTER TABLE audit_log ALTER payload SET STORAGE EXTERNAL',
    ],
  },
  'set-not-null': {
    red: [
      'ALTER TABLE audit_log ALTER tenant_id SET NOT NULL',
      'ALTER TABLE audit_log ADD CONSTRAINT n NOT NULL tenant_id',
      'ALTER TABLE audit_log ADD CONSTRAINT n NOT NULL tenant_id NOT VALID',
      'ALTER DOMAIN d SET NOT NULL',
    ],
    green: [
      "ALTER TABLE audit_log ADD a text DEFAULT ''; ALTER TABLE audit_log ADD CONSTRAINT n NOT NULL a NOT VALID",
      "ALTER TABLE audit_log ADD a text DEFAULT ''; ALTER TABLE audit_log ALTER a SET NOT NULL",
    ],
  },
  'add-required-column': {
    red: [
      'ALTER TABLE audit_log ADD a int NOT NULL',
      'ALTER TABLE audit_log ADD a int; ALTER TABLE audit_log ADD CONSTRAINT n NOT NULL a NOT VALID',
      'ALTER TABLE audit_log ADD a int NOT NULL DEFAULT NULL',
      'ALTER TABLE audit_log ADD a int PRIMARY KEY',
      'ALTER TABLE audit_log ADD a int CHECK (a IS NOT NULL)',
      'CREATE DOMAIN d AS text NOT NULL; ALTER TABLE audit_log ADD a d',
      'ALTER TABLE audit_log ADD a int; ALTER TABLE audit_log ALTER a SET NOT NULL',
      "ALTER TABLE audit_log ADD a text DEFAULT 'x' CHECK (a IN ('y', 'z'))",
    ],
    green: [
      'ALTER TABLE audit_log ADD a int',
      'ALTER TABLE audit_log ADD a int NOT NULL DEFAULT 0',
      'ALTER TABLE audit_log ADD a text NULL',
      'CREATE TABLE x (a int NOT NULL)',
      'CREATE TABLE x (); ALTER TABLE x ADD a int NOT NULL',
    ],
  },
  'defer-constraint': {
    red: [
      'ALTER TABLE audit_log ALTER CONSTRAINT f DEFERRABLE INITIALLY DEFERRED',
      'ALTER TABLE audit_log ALTER CONSTRAINT f INITIALLY DEFERRED',
    ],
    green: [
      'ALTER TABLE audit_log ALTER CONSTRAINT f NOT DEFERRABLE',
      'CREATE TABLE x (a int REFERENCES x DEFERRABLE INITIALLY DEFERRED); ALTER TABLE x ALTER CONSTRAINT f INITIALLY DEFERRED',
    ],
  },
  'unique-on-found-table': {
    red: [
      'CREATE TABLE IF NOT EXISTS x (a int); CREATE UNIQUE INDEX i ON x (a)',
      'CREATE TABLE IF NOT EXISTS x (a int); ALTER TABLE x ADD UNIQUE (a)',
    ],
    green: [
      'CREATE TABLE x (a int); CREATE UNIQUE INDEX i ON x (a)',
      'CREATE TABLE IF NOT EXISTS x (a int); CREATE INDEX i ON x (a)',
    ],
  },
  'tighten-constraint': {
    red: [
      'ALTER TABLE audit_log ALTER CONSTRAINT c INHERIT',
      'ALTER TABLE audit_log ADD g int GENERATED ALWAYS AS (1 / status_code) VIRTUAL',
      'ALTER TABLE audit_log ADD g varchar(3) GENERATED ALWAYS AS (path) VIRTUAL',
      'ALTER TABLE audit_log ADD flag boolean DEFAULT true; CREATE UNIQUE INDEX CONCURRENTLY i ON audit_log (path) WHERE flag',
      'ALTER TABLE audit_log ADD v tstzrange DEFAULT $$[,)$$; ALTER TABLE audit_log ADD UNIQUE (path, v WITHOUT OVERLAPS)',
      'ALTER TABLE audit_log ADD a int; CREATE UNIQUE INDEX CONCURRENTLY i ON audit_log (path, a) NULLS NOT DISTINCT',
      'CREATE TABLE part PARTITION OF audit_log DEFAULT; CREATE UNIQUE INDEX i ON part (path)',
      'ALTER TABLE audit_log ADD flag boolean DEFAULT false; CREATE UNIQUE INDEX CONCURRENTLY i ON audit_log (path) WHERE flag; ALTER TABLE audit_log ALTER flag SET DEFAULT true',
      'ALTER TABLE audit_log ADD CONSTRAINT c CHECK (status_code > 0) NOT VALID',
      'ALTER TABLE audit_log ADD FOREIGN KEY (tenant_id) REFERENCES tenant (id) NOT VALID',
      'ALTER TABLE audit_log ADD UNIQUE (request_id)',
      'CREATE UNIQUE INDEX CONCURRENTLY u ON audit_log (path)',
      'ALTER TABLE audit_log ADD a text UNIQUE DEFAULT $$x$$',
      'ALTER TABLE audit_log ADD EXCLUDE (path WITH =)',
      'ALTER DOMAIN d ADD CHECK (VALUE > 0)',
      'ALTER TABLE parent ATTACH PARTITION audit_log DEFAULT',
      'ALTER TABLE audit_log ADD a int DEFAULT 1 CHECK (a > status_code)',
      'ALTER TABLE audit_log ADD a int GENERATED ALWAYS AS (status_code / 0) STORED',
    ],
    green: [
      'ALTER TABLE audit_log ADD g text GENERATED ALWAYS AS (lower(path)) VIRTUAL',
      'ALTER TABLE audit_log ADD flag boolean NOT NULL DEFAULT false; CREATE UNIQUE INDEX CONCURRENTLY i ON audit_log (path) WHERE flag',
      'ALTER TABLE audit_log ADD flag boolean; CREATE UNIQUE INDEX CONCURRENTLY i ON audit_log (path) WHERE flag IS NOT NULL',
      'ALTER TABLE audit_log ADD v tstzrange; ALTER TABLE audit_log ADD UNIQUE (path, v WITHOUT OVERLAPS)',
      'CREATE TABLE IF NOT EXISTS x (a int); CREATE UNIQUE INDEX i ON x (a)',
      'ALTER TABLE audit_log ADD a int CHECK (a > status_code)',
      'ALTER TABLE audit_log ADD a int; CREATE UNIQUE INDEX CONCURRENTLY u ON audit_log (a)',
      'CREATE TABLE x (a int CHECK (a > 0) UNIQUE)',
      'ALTER TABLE audit_log ADD a int; ALTER TABLE audit_log ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES x (id) NOT VALID',
      "ALTER TABLE audit_log ADD a text DEFAULT 'x'; ALTER TABLE audit_log ADD CONSTRAINT c CHECK (a IN ('x', 'y')) NOT VALID",
      'ALTER TABLE audit_log ADD CONSTRAINT u UNIQUE USING INDEX i',
      'ALTER TABLE audit_log ADD a int; ALTER TABLE audit_log ADD CONSTRAINT c CHECK (a BETWEEN 1 AND 9) NOT VALID',
    ],
  },
} as const satisfies Partial<Cases<keyof typeof additiveRules>>;
