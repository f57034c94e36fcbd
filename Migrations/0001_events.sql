-- Organizations, the partitioned event store, detections, the ingest ledger and quarantine.
-- Locks: creates new objects only; nothing that exists is locked.

create table organizations (
  id int primary key generated always as identity,
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  name text not null,
  created_at timestamptz not null default now()
);

-- One row an event. Months are attached as partitions by the service; the default partition must
-- stay empty and its rows are an alarm. Column order packs fixed-width columns first.
create table events (
  ts timestamptz not null,
  received_at timestamptz not null,
  id uuid not null,
  organization_id int not null,
  severity smallint not null,
  src_port int,
  dst_port int,
  source_type text not null,
  event_id text,
  src_ip inet,
  dst_ip inet,
  protocol text,
  host text,
  "user" text,
  process text,
  action text,
  outcome text,
  message text,
  batch_id bigint not null,
  raw bytea not null,
  deleted_at timestamptz
) partition by range (ts);

create unique index events_organization_ts_id on events (organization_id, ts, id) include (severity);
create index events_organization_src_ip_ts on events (organization_id, src_ip, ts);
create index events_source_type_ts on events (source_type, ts) where deleted_at is null;
create index events_organization_ts_severe on events (organization_id, ts) where severity >= 7;
create index events_ts_brin on events using brin (ts) with (pages_per_range = 32, autosummarize = on);
create table events_default partition of events default;

-- One row for each committing connection. `head` is the number of its last committed batch; the
-- numbers are contiguous because each is taken inside the batch's own transaction.
create table event_writers (
  id int primary key generated always as identity,
  node text not null,
  head bigint not null default 0,
  created_at timestamptz not null default now(),
  last_commit_at timestamptz
) with (fillfactor = 50);

-- What a rule found in one event, committed with the event. `fields` holds the values that the
-- organization's correlations group and count by; `matched` says why a rule that raises incidents by
-- itself matched (empty for rules that only feed correlations).
create table detections (
  ts timestamptz not null,
  received_at timestamptz not null,
  event_id uuid not null,
  organization_id int not null,
  rule_version int not null,
  writer_id int not null,
  ordinal int not null,
  writer_seq bigint not null,
  severity smallint not null,
  rule_id text not null,
  level text not null,
  source_type text not null,
  src_ip inet,
  dst_ip inet,
  host text,
  "user" text,
  fields jsonb not null,
  matched jsonb not null,
  primary key (organization_id, ts, event_id, rule_id)
) partition by range (ts);

create index detections_writer_seq on detections (writer_id, writer_seq);
create index detections_organization_rule_ts on detections (organization_id, rule_id, ts);
create table detections_default partition of detections default;

-- The ledger: one row a received batch, written in the transaction that stores its events.
create sequence ingest_batch_ids increment by 1024;

create table ingest_batches (
  id bigint primary key,
  organization_id int not null,
  received_at timestamptz not null,
  writer_id int not null,
  writer_seq bigint not null,
  key_id text,
  batch_key text,
  source text not null,
  received int not null,
  stored int not null,
  duplicates int not null,
  quarantined int not null,
  ts_min timestamptz,
  ts_max timestamptz,
  check (received = stored + duplicates + quarantined)
);

create index ingest_batches_received_at on ingest_batches using brin (received_at) with (autosummarize = on);
create index ingest_batches_organization on ingest_batches (organization_id, id);

-- A sender's own name for a batch (`Idempotency-Key`, a RELP or HEC transfer). The first batch that
-- commits under it wins; every later one is a duplicate.
create table ingest_batch_keys (
  organization_id int not null,
  batch_key text not null,
  batch_id bigint not null,
  body_digest bytea not null,
  created_at timestamptz not null,
  primary key (organization_id, batch_key)
);

create index ingest_batch_keys_created_at on ingest_batch_keys (created_at);

-- Records that could not be stored as events, with their original bytes.
create table quarantine (
  id bigint primary key generated always as identity,
  organization_id int not null,
  batch_id bigint not null,
  item_index int not null,
  received_at timestamptz not null,
  source_type text,
  code text not null,
  detail text not null,
  raw bytea not null,
  state text not null default 'held' check (state in ('held', 'replayed', 'dropped')),
  resolved_at timestamptz,
  resolved_by text
);

create index quarantine_organization_state on quarantine (organization_id, state, id);

-- Trained zstd dictionaries for `events.raw`; a frame names its dictionary.
create table raw_dictionaries (
  id bigint primary key,
  source_type text not null,
  dictionary bytea not null,
  trained_on int not null,
  created_at timestamptz not null default now()
);
