import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The whole store. Everything that belongs to a cluster has the cluster's number as the first part of its key, so that
 * a distributed Postgres can put each cluster on one machine; api_token and audit_event are small and belong to nobody.
 *
 * Objects are rows with a lifetime. A snapshot is a number in its cluster's sequence; its objects are the versions whose
 * range of numbers covers it. What does not change from one snapshot to the next costs nothing.
 */
export class InitialSchema1764000000001 implements MigrationInterface {
  readonly name = 'InitialSchema1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DROP TABLE audit_event, api_token, report_run, intent_result, intent, compiled_index_part, compiled_index,
       object_version, object_body, snapshot, cluster`,
    );
  }
}

const statements: readonly string[] = [
  // last_number is never taken back: the number of a deleted snapshot is not used again.
  `CREATE TABLE cluster (
     id          integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
     name        text NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$' AND length(name) <= 63),
     last_number bigint NOT NULL DEFAULT 0,
     created_at  timestamptz NOT NULL DEFAULT now()
   )`,

  `CREATE TABLE snapshot (
     cluster_id         integer NOT NULL REFERENCES cluster,
     number             bigint NOT NULL,
     id                 uuid NOT NULL DEFAULT gen_random_uuid(),
     label              text CHECK (label ~ '^[A-Za-z0-9][A-Za-z0-9._-]*$' AND length(label) <= 63),
     taken_at           timestamptz NOT NULL,
     created_at         timestamptz NOT NULL DEFAULT now(),
     content_hash       text NOT NULL,
     normaliser_version integer NOT NULL,
     same_as            uuid,
     idempotency_key    text,
     info               jsonb NOT NULL,
     counts             jsonb NOT NULL,
     skipped            jsonb NOT NULL,
     dataplane          jsonb NOT NULL,
     diagnostics        jsonb NOT NULL,
     PRIMARY KEY (cluster_id, number)
   )`,
  // Snapshots are also asked for by id alone, before their cluster is known.
  `CREATE UNIQUE INDEX snapshot_by_id ON snapshot (id)`,
  `CREATE UNIQUE INDEX snapshot_by_label ON snapshot (cluster_id, label) WHERE label IS NOT NULL`,
  // "The newest at or before", listings and @latest.
  `CREATE INDEX snapshot_by_time ON snapshot (cluster_id, taken_at DESC, number DESC)`,
  `CREATE INDEX snapshot_by_content ON snapshot (cluster_id, content_hash)`,
  `CREATE INDEX snapshot_by_idempotency_key ON snapshot (cluster_id, idempotency_key) WHERE idempotency_key IS NOT NULL`,

  // One row for each distinct state of any object. text and not jsonb: a body is canonical text that must come back
  // byte by byte, and jsonb refuses the NUL characters that a policy of an unknown kind may hold. An auditor's query
  // writes body::jsonb.
  `CREATE TABLE object_body (
     cluster_id integer NOT NULL REFERENCES cluster,
     hash       text NOT NULL,
     body       text NOT NULL,
     PRIMARY KEY (cluster_id, hash)
   )`,

  // In which range of snapshots an object was in a state. last_snapshot is the largest bigint while the state is
  // current: with a plain number instead of NULL, both ends of a range can be asked for with one btree.
  `CREATE TABLE object_version (
     cluster_id     integer NOT NULL REFERENCES cluster,
     api_group      text NOT NULL,
     kind           text NOT NULL,
     namespace      text NOT NULL,
     name           text NOT NULL,
     uid            text NOT NULL,
     first_snapshot bigint NOT NULL,
     last_snapshot  bigint NOT NULL DEFAULT 9223372036854775807,
     hash           text NOT NULL,
     PRIMARY KEY (cluster_id, api_group, kind, namespace, name, first_snapshot),
     CHECK (first_snapshot <= last_snapshot)
   )`,
  `CREATE INDEX object_version_by_first ON object_version (cluster_id, first_snapshot, last_snapshot)`,
  `CREATE INDEX object_version_by_last ON object_version (cluster_id, last_snapshot, first_snapshot)`,
  // For sweeping bodies that no version names any more.
  `CREATE INDEX object_version_by_hash ON object_version (cluster_id, hash)`,

  // A cache with a byte budget: losing it loses only time.
  `CREATE TABLE compiled_index (
     cluster_id     integer NOT NULL REFERENCES cluster,
     index_hash     text NOT NULL,
     engine_version integer NOT NULL,
     bytes          bigint NOT NULL,
     parts          integer NOT NULL,
     created_at     timestamptz NOT NULL DEFAULT now(),
     last_used_at   timestamptz NOT NULL DEFAULT now(),
     PRIMARY KEY (cluster_id, index_hash, engine_version)
   )`,
  `CREATE TABLE compiled_index_part (
     cluster_id     integer NOT NULL,
     index_hash     text NOT NULL,
     engine_version integer NOT NULL,
     part           integer NOT NULL,
     checksum       text NOT NULL,
     content        bytea NOT NULL CHECK (length(content) <= 4194304),
     PRIMARY KEY (cluster_id, index_hash, engine_version, part),
     FOREIGN KEY (cluster_id, index_hash, engine_version) REFERENCES compiled_index ON DELETE CASCADE
   )`,
  // An index is already compressed as far as it goes; Postgres need not try.
  `ALTER TABLE compiled_index_part ALTER COLUMN content SET STORAGE EXTERNAL`,

  `CREATE TABLE intent (
     cluster_id integer NOT NULL REFERENCES cluster,
     name       text NOT NULL,
     definition jsonb NOT NULL,
     updated_at timestamptz NOT NULL DEFAULT now(),
     PRIMARY KEY (cluster_id, name)
   )`,
  // Results outlive their snapshot: they keep its hash and time, and say that it is gone.
  `CREATE TABLE intent_result (
     cluster_id   integer NOT NULL REFERENCES cluster,
     number       bigint NOT NULL,
     intent_name  text NOT NULL,
     outcome      text NOT NULL CHECK (outcome IN ('holds', 'fails', 'waived', 'unknown')),
     details      jsonb NOT NULL,
     content_hash text NOT NULL,
     taken_at     timestamptz NOT NULL,
     deleted      boolean NOT NULL DEFAULT false,
     created_at   timestamptz NOT NULL DEFAULT now(),
     PRIMARY KEY (cluster_id, number, intent_name)
   )`,
  `CREATE TABLE report_run (
     cluster_id   integer NOT NULL REFERENCES cluster,
     id           uuid NOT NULL DEFAULT gen_random_uuid(),
     number       bigint NOT NULL,
     kind         text NOT NULL,
     format       text NOT NULL,
     state        text NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
     content      bytea,
     content_hash text NOT NULL,
     taken_at     timestamptz NOT NULL,
     deleted      boolean NOT NULL DEFAULT false,
     created_at   timestamptz NOT NULL DEFAULT now(),
     PRIMARY KEY (cluster_id, id)
   )`,

  `CREATE TABLE api_token (
     id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
     hash         text NOT NULL UNIQUE,
     role         text NOT NULL CHECK (role IN ('viewer', 'ingester', 'admin')),
     clusters     text[],
     namespaces   text[],
     created_at   timestamptz NOT NULL DEFAULT now(),
     expires_at   timestamptz,
     last_used_at timestamptz,
     revoked_at   timestamptz
   )`,
  `CREATE TABLE audit_event (
     id      bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
     at      timestamptz NOT NULL DEFAULT now(),
     who     text NOT NULL,
     action  text NOT NULL,
     cluster text,
     subject text NOT NULL,
     details jsonb NOT NULL
   )`,
  // Append-only: whoever can write the table can still not rewrite what happened.
  `CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
     $$ BEGIN RAISE EXCEPTION 'audit_event is append-only'; END $$`,
  `CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE ON audit_event
     FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`,
];
