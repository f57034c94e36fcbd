-- Correlation under rules that change: how far each shard has followed the changes, since when each
-- correlation means what it means, and detections that are set aside until they can be correlated.
-- Locks: the new columns take ACCESS EXCLUSIVE on incidents and correlation_skips until the commit,
-- for milliseconds since no row is rewritten; the foreign key takes SHARE ROW EXCLUSIVE on
-- organizations.

-- The revision of the rules by which a shard's detections are correlated. It moves on when all
-- writers' commits up to the heads of the next one have been.
create table correlation_revisions (
  shard int primary key,
  revision bigint not null
) with (fillfactor = 50);

-- For each organization of which a detection was correlated, what its correlations meant at the last
-- of them, and since which revision: the three lists go together.
create table correlation_eras (
  organization_id int primary key references organizations (id),
  revision bigint not null,
  rule_ids text[] not null,
  meanings text[] not null,
  since bigint[] not null
);

-- Which of the correlation's eras an incident belongs to; correlation touches only those of the
-- present one.
alter table incidents add column correlation_since bigint not null default 0;

-- Detections that are set aside have not been correlated: they are tried again as late arrivals.
alter table correlation_skips
  add column attempts int not null default 1,
  add column retry_at timestamptz not null default now(),
  add column replayed_at timestamptz;

create index correlation_skips_held on correlation_skips (organization_id, writer_id, from_seq)
  where replayed_at is null;
create index correlation_skips_due on correlation_skips (retry_at) where replayed_at is null;

-- Joins two lists of entities: sorted, without repetition, at most `most`. The order is by bytes, in
-- which the first of several joined lists are the first of all, whatever was joined first.
create or replace function incident_entities(known jsonb, added jsonb, most int)
returns jsonb language sql immutable as $$
  select coalesce(jsonb_agg(
      entity order by (entity ->> 'type') collate "C", (entity ->> 'value') collate "C"), '[]')
  from (
    select entity
    from (select distinct entity from jsonb_array_elements(known || added) entity) several
    order by (entity ->> 'type') collate "C", (entity ->> 'value') collate "C"
    limit most
  ) entities
$$;
