-- What analysts' summaries are made of: incidents by day, techniques, detections by hour, and entities
-- with their risk. A background job keeps them; triggers tell it which incidents have changed.
-- Locks: the triggers take SHARE ROW EXCLUSIVE on incidents until the commit: no incident can be written
-- while all of them are put down to be counted, about five seconds a million. The indexes on quarantine
-- keep batches that hold bad records waiting for as long as they are built.

create index quarantine_received on quarantine (organization_id, received_at);
create index quarantine_organization on quarantine (organization_id, id);

-- Incidents that changed and are not counted anew yet: one row a change, appended and never updated, so
-- that no two changes wait for each other. What a row tells of is committed with it.
create table incident_changes (
  id bigint primary key generated always as identity,
  organization_id int not null,
  incident_id uuid not null,
  -- When the transaction of the change began.
  at timestamptz not null default now()
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

create index incident_changes_organization on incident_changes (organization_id, at);

create function incident_was_changed() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    insert into incident_changes (organization_id, incident_id) values (old.organization_id, old.id);
  else
    insert into incident_changes (organization_id, incident_id) values (new.organization_id, new.id);
  end if;
  -- What it was merged into counts without it now.
  if tg_op <> 'INSERT' and old.merged_into is not null
    and (tg_op = 'DELETE' or old.merged_into is distinct from new.merged_into) then
    insert into incident_changes (organization_id, incident_id)
    values (old.organization_id, old.merged_into);
  end if;
  return null;
end
$$;

create trigger incident_made after insert or delete on incidents
for each row execute function incident_was_changed();

create trigger incident_changed after update on incidents
for each row when (
  (old.created_at, old.severity, old.status, old.verdict, old.rule_id, old.merged_into,
    old.acknowledged_at, old.resolved_at, old.last_event_at, old.techniques, old.entities)
  is distinct from
  (new.created_at, new.severity, new.status, new.verdict, new.rule_id, new.merged_into,
    new.acknowledged_at, new.resolved_at, new.last_event_at, new.techniques, new.entities))
execute function incident_was_changed();

-- What is counted of an incident. Times are whole milliseconds, so that their sums are exact.
create view incident_facts_now with (security_invoker = true) as
select organization_id, id as incident_id, (created_at at time zone 'utc')::date as day,
  coalesce(rule_id, '') as rule_id, severity, status, coalesce(verdict, '') as verdict,
  case when acknowledged_at is not null then
    greatest(0, floor(extract(epoch from acknowledged_at - created_at) * 1000))::bigint
    end as acknowledge_ms,
  case when status = 'resolved' and resolved_at is not null then
    greatest(0, floor(extract(epoch from resolved_at - created_at) * 1000))::bigint
    end as resolve_ms,
  case when status = 'merged' then '{}' else techniques end as techniques
from incidents;

-- The same as it was when it was last counted.
create table incident_facts (
  organization_id int not null,
  incident_id uuid not null,
  day date not null,
  rule_id text not null,
  severity text not null,
  status text not null,
  verdict text not null,
  acknowledge_ms bigint,
  resolve_ms bigint,
  techniques text[] not null,
  primary key (organization_id, incident_id)
) with (fillfactor = 80);

create index incident_facts_day on incident_facts (organization_id, day)
  include (status, acknowledge_ms, resolve_ms);

-- Incidents by the UTC day on which they were opened. An incident without a rule has '' there, one
-- without a verdict likewise.
create table incident_rollups (
  organization_id int not null,
  day date not null,
  rule_id text not null,
  severity text not null,
  status text not null,
  verdict text not null,
  incidents bigint not null,
  acknowledged bigint not null,
  acknowledge_ms bigint not null,
  resolved bigint not null,
  resolve_ms bigint not null,
  primary key (organization_id, day, rule_id, severity, status, verdict)
) with (fillfactor = 50);

create index incident_rollups_open on incident_rollups (organization_id, severity)
  where status in ('open', 'acknowledged', 'in_progress', 'contained');

create table technique_rollups (
  organization_id int not null,
  day date not null,
  technique text not null,
  incidents bigint not null,
  primary key (organization_id, day, technique)
) with (fillfactor = 50);

-- Detections by hour of their events and rule, and up to which of each writer's commits they are counted.
create table detection_rollups (
  organization_id int not null,
  hour timestamptz not null,
  rule_id text not null,
  detections bigint not null,
  primary key (organization_id, hour, rule_id)
) with (fillfactor = 50);

create table detection_rollup_cursors (
  writer_id int primary key,
  seq bigint not null
) with (fillfactor = 50);

-- What an incident of a severity weighs in the risk of its entities.
create function risk_weight(severity text) returns float8 language sql immutable parallel safe as $$
  select case severity when 'low' then 1 when 'medium' then 5 when 'high' then 20 else 50 end::float8
$$;

-- How much of that its state leaves. What is merged counts with the incident that it was merged into.
create function risk_factor(status text, verdict text)
returns float8 language sql immutable parallel safe as $$
  select case
    when status in ('dismissed', 'merged') or verdict = 'false_positive' then 0
    when verdict = 'benign_positive' then 0.25
    when verdict = 'undetermined' then 0.5
    else 1 end::float8
$$;

-- Which entities which incident names, with the points that it gives each of them at the time `at`: that
-- of its last event, but not later than the incident's last change, for a clock that runs ahead must not
-- make a risk that grows towards it. What was merged into an incident is named by that one, once. False
-- positives stay, with no points.
create table entity_incidents (
  organization_id int not null,
  incident_id uuid not null,
  entity_type text not null,
  entity_value text not null,
  at timestamptz not null,
  points float8 not null,
  primary key (organization_id, incident_id, entity_type, entity_value)
) with (fillfactor = 80);

create index entity_incidents_newest on entity_incidents (
  organization_id, entity_type, entity_value, at, incident_id);
create index entity_incidents_counted on entity_incidents (
  organization_id, entity_type, entity_value, at, incident_id) include (points) where points > 0;

-- The same for some incidents as they are now.
create function entity_incidents_now(organizations int[], incidents uuid[], most int)
returns table (
  organization_id int, incident_id uuid, entity_type text, entity_value text, at timestamptz,
  points float8
) language sql stable as $$
  with recursive tree as (
    select i.organization_id, i.id as root, i.id, i.entities, 0 as depth,
      least(coalesce(i.last_event_at, i.created_at), i.updated_at) as at,
      risk_weight(i.severity) * risk_factor(i.status, i.verdict) as points
    from unnest(organizations, incidents) as given (organization_id, id)
    join incidents i on i.organization_id = given.organization_id and i.id = given.id
    where i.status <> 'merged'
    union all
    select i.organization_id, tree.root, i.id, i.entities, tree.depth + 1, tree.at, tree.points
    from tree
    join incidents i on i.organization_id = tree.organization_id and i.merged_into = tree.id
    where tree.depth < 32
  ), named as (
    select distinct tree.organization_id, tree.root, entity ->> 'type' as type,
      correlation_text(entity ->> 'value') as value, tree.at, tree.points
    from tree
    cross join lateral jsonb_array_elements(tree.entities) as entity
    where entity ->> 'type' in ('ip', 'host', 'user') and entity ->> 'value' <> ''
  ), ranked as (
    select named.*, row_number() over (
      partition by named.organization_id, named.root
      order by named.type, named.value collate "C") as place
    from named
  )
  select ranked.organization_id, ranked.root, ranked.type, ranked.value, ranked.at, ranked.points
  from ranked
  where ranked.place <= most
$$;

-- The risk of each entity in a form that time does not change: at the time t it is
-- 2 ^ (risk_key - t / half_life), with t in seconds since 1970; the order of the keys is the order of the
-- risks. It is -infinity where no incident counts.
create table entity_risk (
  id bigint not null generated always as identity,
  organization_id int not null,
  entity_type text not null,
  entity_value text not null,
  risk_key float8 not null,
  half_life int not null,
  -- All that name it, those that do not count too.
  incidents bigint not null,
  last_seen timestamptz not null,
  primary key (organization_id, entity_type, entity_value)
) with (fillfactor = 70);

create index entity_risk_order on entity_risk (organization_id, risk_key, id);
create index entity_risk_type_order on entity_risk (organization_id, entity_type, risk_key, id);
create index entity_risk_seen on entity_risk (organization_id, last_seen, id);
create index entity_risk_type_seen on entity_risk (organization_id, entity_type, last_seen, id);

call tenant_protect('incident_changes', 'select, insert');
call tenant_protect('incident_facts', 'select');
call tenant_protect('incident_rollups', 'select');
call tenant_protect('technique_rollups', 'select');
call tenant_protect('detection_rollups', 'select');
call tenant_protect('entity_incidents', 'select');
call tenant_protect('entity_risk', 'select');

-- All that there is already.
insert into incident_changes (organization_id, incident_id)
select organization_id, id
from incidents;
