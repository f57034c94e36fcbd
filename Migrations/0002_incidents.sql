-- Incidents with their evidence and journal, the outbox, and what correlation keeps of its progress.
-- Locks: creates new objects; the foreign keys take SHARE ROW EXCLUSIVE on organizations, which
-- stops writes to that table until the commit, for milliseconds.

create table incidents (
  id uuid primary key,
  organization_id int not null references organizations (id),
  -- 1, 2, 3 … for each organization; shown as INC-1042.
  number bigint not null,
  title text not null,
  reason text not null,
  severity text not null check (severity in ('low', 'medium', 'high', 'critical')),
  severity_rank smallint not null generated always as (
    case severity when 'low' then 0 when 'medium' then 1 when 'high' then 2 else 3 end) stored,
  status text not null default 'open' check (
    status in ('open', 'acknowledged', 'in_progress', 'contained', 'resolved', 'dismissed', 'merged')),
  verdict text check (
    verdict in ('true_positive', 'benign_positive', 'false_positive', 'undetermined')),
  assignee text,
  tags text[] not null default '{}',
  -- The source of the earliest event that has one, and which event that is.
  src_ip inet,
  src_ip_at timestamptz,
  src_ip_event uuid,
  -- [{"type": "ip", "value": "192.0.2.1"}, …], sorted, without repetition.
  entities jsonb not null default '[]',
  tactics text[] not null default '{}',
  techniques text[] not null default '{}',
  rule_id text,
  rule_version int,
  rule_title text,
  event_count bigint not null default 0,
  -- Events that are counted, but not kept as evidence, since there are too many.
  evidence_dropped bigint not null default 0,
  first_event_at timestamptz,
  last_event_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  resolved_at timestamptz,
  revision int not null default 1,
  -- Whether a late event changed what had been told before.
  amended boolean not null default false,
  merged_into uuid references incidents (id),
  explanation jsonb not null default '{}',
  -- What correlation finds an incident again by; null for incidents that people opened. `live` ones
  -- stand for an episode, `merged` and `retracted` ones no longer do.
  correlation text check (correlation in ('live', 'merged', 'retracted')),
  group_key text,
  group_values jsonb,
  first_fire_at timestamptz,
  first_fire_event uuid,
  last_hold_at timestamptz,
  unique (organization_id, number),
  check ((status = 'merged') = (merged_into is not null)),
  check (status <> 'resolved' or verdict is not null)
) with (fillfactor = 80);

create index incidents_created on incidents (organization_id, created_at, number);
create index incidents_updated on incidents (organization_id, updated_at, number);
create index incidents_last_event on incidents (
  organization_id, (coalesce(last_event_at, created_at)), number);
create index incidents_severity on incidents (organization_id, severity_rank, number);
create index incidents_status on incidents (organization_id, status, created_at, number);
create index incidents_assignee on incidents (organization_id, assignee, created_at)
  where assignee is not null;
create index incidents_entities on incidents using gin (entities jsonb_path_ops);
create index incidents_techniques on incidents using gin (techniques);
create index incidents_episode on incidents (organization_id, rule_id, group_key, last_hold_at)
  where correlation = 'live';

-- The events that an incident rests on.
create table incident_events (
  organization_id int not null,
  ts timestamptz not null,
  incident_id uuid not null references incidents (id),
  event_id uuid not null,
  rule_id text not null,
  primary key (incident_id, ts, event_id)
);

-- One row an organization; its lock puts incident numbers and journal entries in a row.
create table incident_counters (
  organization_id int primary key references organizations (id),
  last_number bigint not null default 0,
  journal_sequence bigint not null default 0,
  journal_hash bytea not null default '\x'
) with (fillfactor = 50);

-- What was done to incidents, chained: each hash covers the entry and the hash before it, so that no
-- entry can be changed or taken out unseen.
create table incident_journal (
  organization_id int not null,
  sequence bigint not null,
  incident_id uuid not null,
  at timestamptz not null,
  actor text not null,
  action text not null,
  detail jsonb not null,
  hash bytea not null,
  primary key (organization_id, sequence)
);

create index incident_journal_incident on incident_journal (incident_id, sequence);

-- Changes for those who follow them, written with the change. Ids of transactions that overlap can
-- appear out of order: read `where transaction_id < pg_snapshot_xmin(pg_current_snapshot())`.
create table outbox (
  id bigint primary key generated always as identity,
  transaction_id xid8 not null default pg_current_xact_id(),
  organization_id int not null,
  topic text not null,
  payload jsonb not null,
  created_at timestamptz not null default now()
);

-- Who correlates which organizations (`organization_id % 16`). The epoch grows with each change of
-- owner and fences off the one before.
create table correlation_leases (
  shard int primary key,
  owner text,
  epoch bigint not null default 0,
  expires_at timestamptz not null default '-infinity'
) with (fillfactor = 50);

insert into correlation_leases (shard) select generate_series(0, 15);

-- The correlators that are alive, among whom the shards are shared out.
create table correlation_workers (
  owner text primary key,
  expires_at timestamptz not null
) with (fillfactor = 50);

-- How far each writer's commits have been correlated, for each shard.
create table correlation_cursors (
  shard int not null,
  writer_id int not null,
  seq bigint not null,
  primary key (shard, writer_id)
) with (fillfactor = 50);

-- Detections that correlation had to leave out: those of one organization in a writer's commits
-- from_seq to to_seq, which failed again and again for what is in them. The detections themselves
-- stay where they are.
create table correlation_skips (
  id bigint primary key generated always as identity,
  organization_id int not null references organizations (id),
  shard int not null,
  writer_id int not null,
  from_seq bigint not null,
  to_seq bigint not null,
  -- Null where the error is not the server's.
  error_sqlstate text,
  created_at timestamptz not null default now()
);

-- A value of an event as correlation and incidents keep it: a long one is cut and ends in a digest of
-- the whole, so that different values stay different. Cutting it again changes nothing.
create function correlation_text(value text) returns text language sql stable as $$
  select case when octet_length(value) <= 512 then value
    else left(value, 100) || '…#'
      || left(encode(sha256(convert_to(lower(value), 'UTF8')), 'hex'), 32) end
$$;

-- The text that a journal entry's hash covers. The text of jsonb is canonical.
create function incident_journal_text(
  organization_id int, sequence bigint, incident_id uuid, at timestamptz, actor text, action text,
  detail jsonb
) returns text language sql immutable as $$
  select jsonb_build_object(
    'organization_id', organization_id, 'sequence', sequence, 'incident_id', incident_id,
    'at', (extract(epoch from at) * 1000000)::bigint, 'actor', actor, 'action', action,
    'detail', detail)::text
$$;

-- Writes one entry at the end of the organization's chain, and tells the followers.
create function incident_journal_append(
  organization int, incident uuid, by_actor text, what text, details jsonb
) returns void language plpgsql as $$
declare
  previous bytea;
  next_sequence bigint;
  next_hash bytea;
  moment timestamptz := clock_timestamp();
begin
  select journal_hash, journal_sequence + 1 into strict previous, next_sequence
  from incident_counters where organization_id = organization for update;
  next_hash := sha256(previous || convert_to(incident_journal_text(
    organization, next_sequence, incident, moment, by_actor, what, details), 'UTF8'));
  insert into incident_journal (organization_id, sequence, incident_id, at, actor, action, detail, hash)
  values (organization, next_sequence, incident, moment, by_actor, what, details, next_hash);
  update incident_counters set journal_sequence = next_sequence, journal_hash = next_hash
  where organization_id = organization;
  perform incident_tell(organization, incident, what);
end
$$;

-- Puts a change of an incident into the outbox.
create function incident_tell(organization int, incident uuid, what text)
returns void language plpgsql as $$
begin
  insert into outbox (organization_id, topic, payload)
  select organization, 'incidents', jsonb_build_object(
    'id', id, 'number', number, 'revision', revision, 'status', status, 'severity', severity,
    'action', what)
  from incidents where id = incident and organization_id = organization;
  perform pg_notify('harrier_outbox', organization::text);
end
$$;

-- The first entry of an organization's chain that does not fit; null where all do.
create function incident_journal_fault(organization int)
returns bigint language plpgsql stable as $$
declare
  entry incident_journal;
  previous bytea := '\x';
  expected bigint := 0;
begin
  for entry in
    select * from incident_journal where organization_id = organization order by sequence
  loop
    expected := expected + 1;
    if entry.sequence <> expected or entry.hash <> sha256(previous || convert_to(
      incident_journal_text(
        entry.organization_id, entry.sequence, entry.incident_id, entry.at, entry.actor,
        entry.action, entry.detail), 'UTF8')) then
      return expected;
    end if;
    previous := entry.hash;
  end loop;
  perform from incident_counters
  where organization_id = organization
    and (journal_sequence <> expected or journal_hash <> previous);
  if found then return expected + 1; end if;
  return null;
end
$$;

-- Joins two lists of entities: sorted, without repetition, at most `most`.
create function incident_entities(known jsonb, added jsonb, most int)
returns jsonb language sql immutable as $$
  select coalesce(jsonb_agg(entity order by entity ->> 'type', entity ->> 'value'), '[]')
  from (
    select distinct entity
    from jsonb_array_elements(known || added) entity
    order by entity
    limit most
  ) entities
$$;

-- Brings counts, times and entities of an incident in line with its evidence.
create function incident_recount(organization int, incident uuid, most int)
returns void language sql as $$
  update incidents i
  set event_count = found.events + evidence_dropped,
    first_event_at = found.first_at,
    last_event_at = found.last_at,
    src_ip = found.src_ip,
    src_ip_at = found.src_ip_at,
    src_ip_event = found.src_ip_event,
    entities = incident_entities('[]', found.entities, most)
  from (
    select count(distinct (e.ts, e.event_id)) as events, min(e.ts) as first_at, max(e.ts) as last_at,
      (array_agg(d.src_ip order by d.ts, d.event_id)
        filter (where d.src_ip is not null))[1] as src_ip,
      (array_agg(d.ts order by d.ts, d.event_id)
        filter (where d.src_ip is not null))[1] as src_ip_at,
      (array_agg(d.event_id order by d.ts, d.event_id)
        filter (where d.src_ip is not null))[1] as src_ip_event,
      coalesce(jsonb_agg(distinct entity) filter (where entity is not null), '[]') as entities
    from incident_events e
    left join detections d
      on d.organization_id = e.organization_id and d.ts = e.ts and d.event_id = e.event_id
    left join lateral (
      select jsonb_build_object('type', kind, 'value', value) as entity
      from (values
        ('ip', host(d.src_ip)), ('ip', host(d.dst_ip)), ('host', correlation_text(d.host)),
        ('user', correlation_text(d."user"))
      ) as entities (kind, value)
      where value <> ''
    ) entities on true
    where e.incident_id = incident
  ) found
  where i.id = incident and i.organization_id = organization
$$;

-- Opens an incident again that was resolved before its latest event happened.
create function incident_reopen(organization int, incident uuid, latest timestamptz)
returns void language plpgsql as $$
begin
  update incidents
  set status = 'open', verdict = null, resolved_at = null
  where id = incident and organization_id = organization and status = 'resolved'
    and resolved_at < latest;
  if found then
    perform incident_journal_append(
      organization, incident, 'system', 'reopened', jsonb_build_object('latest_event_at', latest));
  end if;
end
$$;
