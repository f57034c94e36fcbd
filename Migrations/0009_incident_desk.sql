-- What people need of incidents: lists that stay fast under row-level security, merges that are links,
-- evidence that outlives its partition.
-- Locks: new columns, indexes and triggers take ACCESS EXCLUSIVE (no row is rewritten) and SHARE on
-- incidents until the commit; the indexes and the backfill read all incidents once, about a minute a
-- million, during which incidents are read but not written. Stop correlation before, or accept that it
-- waits.

alter table incidents
  -- When it first was no longer just open, by a person.
  add column acknowledged_at timestamptz,
  -- What a person says of the verdict.
  add column verdict_reason text,
  -- Where a merged incident stood before, and will stand again once it is split off.
  add column status_before text,
  -- When its events were first copied to where retention does not reach.
  add column pinned_at timestamptz;

-- What incidents can be found by, value by value. A condition such as jsonb @> cannot use an index under
-- row-level security, and none of those indexes gives an order; this one gives both. Kinds: status,
-- severity, assignee ('' for nobody), rule, verdict, ip, host, user (in lower case), technique (with
-- its parent), tag, word (of title and reason). Kept by a trigger, whoever writes.
create table incident_terms (
  organization_id int not null,
  created_at timestamptz not null,
  number bigint not null,
  kind text not null,
  value text not null,
  primary key (organization_id, kind, value, created_at, number)
);

-- How many incidents there are of each status, severity, assignee, rule and verdict ('' where there is
-- none): `incident_tallies` and what `incident_tally_changes` adds to it. Changes are only ever inserted,
-- so that a thousand in one transaction cost no more than one each; who counts folds them in.
create table incident_tallies (
  organization_id int not null,
  status text not null,
  severity text not null,
  assignee text not null,
  rule_id text not null,
  verdict text not null,
  incidents bigint not null,
  primary key (organization_id, status, severity, assignee, rule_id, verdict)
) with (fillfactor = 50);

create table incident_tally_changes (
  organization_id int not null,
  status text not null,
  severity text not null,
  assignee text not null,
  rule_id text not null,
  verdict text not null,
  incidents bigint not null
);
create index incident_tally_changes_organization on incident_tally_changes (organization_id);

-- The words that a text is found by: at most 24, of three letters and more, in lower case. In plpgsql
-- like all that the triggers call: it keeps its plans, which a function in SQL makes with each call.
create function incident_words(said text) returns text[] language plpgsql immutable as $$
declare
  part text;
  words text[] := '{}';
begin
  foreach part in array regexp_split_to_array(lower(left(said, 4000)), '[^[:alnum:]_.:@]+') loop
    part := left(btrim(part, '.:@_'), 64);
    if length(part) >= 3 and part <> all (words) then
      words := words || part;
      exit when cardinality(words) = 24;
    end if;
  end loop;
  return words;
end
$$;

-- What an incident can be found by, as `kind value`.
create function incident_terms_of(incident incidents) returns text[] language plpgsql stable as $$
declare
  terms text[] := array[
    'status ' || incident.status, 'severity ' || incident.severity,
    'assignee ' || coalesce(incident.assignee, '')];
  item text;
  entity jsonb;
begin
  if incident.rule_id is not null then
    terms := terms || ('rule ' || correlation_text(incident.rule_id));
  end if;
  if incident.verdict is not null then terms := terms || ('verdict ' || incident.verdict); end if;
  for entity in select jsonb_array_elements(incident.entities) loop
    item := correlation_text(entity ->> 'value');
    terms := terms || ((entity ->> 'type') || ' '
      || case entity ->> 'type' when 'ip' then item else lower(item) end);
  end loop;
  foreach item in array incident.techniques loop
    terms := terms || ('technique ' || item);
    if strpos(item, '.') > 0 then
      terms := terms || ('technique ' || split_part(item, '.', 1));
    end if;
  end loop;
  foreach item in array incident.tags loop terms := terms || ('tag ' || item); end loop;
  foreach item in array incident_words(incident.title || ' ' || incident.reason) loop
    terms := terms || ('word ' || item);
  end loop;
  return terms;
end
$$;

create function incident_tally(incident incidents, change int) returns void language plpgsql as $$
begin
  insert into incident_tally_changes (
    organization_id, status, severity, assignee, rule_id, verdict, incidents)
  values (incident.organization_id, incident.status, incident.severity,
    coalesce(incident.assignee, ''), coalesce(incident.rule_id, ''), coalesce(incident.verdict, ''),
    change);
end
$$;

create function incident_terms_keep() returns trigger language plpgsql as $$
declare
  before text[] := '{}';
  after text[] := incident_terms_of(new);
  added text[] := '{}';
  term text;
begin
  if tg_op = 'UPDATE' then
    before := incident_terms_of(old);
    foreach term in array before loop
      continue when term = any (after);
      delete from incident_terms
      where organization_id = new.organization_id and kind = split_part(term, ' ', 1)
        and value = substr(term, strpos(term, ' ') + 1)
        and created_at = new.created_at and number = new.number;
    end loop;
    foreach term in array after loop
      if term <> all (before) then added := added || term; end if;
    end loop;
    if (old.status, old.severity) <> (new.status, new.severity)
      or old.assignee is distinct from new.assignee or old.rule_id is distinct from new.rule_id
      or old.verdict is distinct from new.verdict
    then
      perform incident_tally(old, -1);
      perform incident_tally(new, 1);
    end if;
  else
    added := after;
    perform incident_tally(new, 1);
  end if;
  insert into incident_terms (organization_id, created_at, number, kind, value)
  select new.organization_id, new.created_at, new.number, split_part(named, ' ', 1),
    substr(named, strpos(named, ' ') + 1)
  from unnest(added) named
  on conflict do nothing;
  return null;
end
$$;

insert into incident_terms (organization_id, created_at, number, kind, value)
select i.organization_id, i.created_at, i.number, split_part(term, ' ', 1),
  substr(term, strpos(term, ' ') + 1)
from incidents i cross join lateral unnest(incident_terms_of(i)) term
on conflict do nothing;

insert into incident_tallies (
  organization_id, status, severity, assignee, rule_id, verdict, incidents)
select organization_id, status, severity, coalesce(assignee, ''), coalesce(rule_id, ''),
  coalesce(verdict, ''), count(*)
from incidents
group by 1, 2, 3, 4, 5, 6;

create trigger incident_terms_insert after insert on incidents
for each row execute function incident_terms_keep();

-- Growing incidents change none of these for the most part, and then no function is called.
create trigger incident_terms_update after update on incidents
for each row when (
  old.status is distinct from new.status or old.severity is distinct from new.severity
  or old.assignee is distinct from new.assignee or old.rule_id is distinct from new.rule_id
  or old.verdict is distinct from new.verdict or old.entities is distinct from new.entities
  or old.techniques is distinct from new.techniques or old.tags is distinct from new.tags
  or old.title is distinct from new.title or old.reason is distinct from new.reason)
execute function incident_terms_keep();

-- Terms serve what these did, and each was written anew with every event that joined an incident.
drop index incidents_entities;
drop index incidents_techniques;
drop index incidents_status;
drop index incidents_assignee;

-- The lists that analysts work from, in the orders that they work in.
create index incidents_active_updated on incidents (organization_id, updated_at, number)
  where status in ('open', 'acknowledged', 'in_progress', 'contained');
create index incidents_active_last_event on incidents (
  organization_id, (coalesce(last_event_at, created_at)), number)
  where status in ('open', 'acknowledged', 'in_progress', 'contained');
create index incidents_active_severity on incidents (organization_id, severity_rank, number)
  where status in ('open', 'acknowledged', 'in_progress', 'contained');

-- Lists of few incidents find the keys of their order here, without reading each of them.
create unique index incidents_number_keys on incidents (organization_id, number)
  include (created_at, updated_at, last_event_at, severity_rank);
alter table incidents drop constraint incidents_organization_id_number_key;

-- A merge is a link to an incident that is not merged itself, so that links are never chains.
create index incidents_merged_into on incidents (organization_id, merged_into)
  where merged_into is not null;

-- What correlation merged an incident into, wherever people have put the two since: where it is split off
-- it goes there.
alter table incidents add column correlated_into uuid;
update incidents set correlated_into = merged_into where correlation = 'merged';
create index incidents_correlated_into on incidents (organization_id, correlated_into)
  where correlated_into is not null;

-- Links of links, which correlation made until now, become links to where they lead.
with recursive leads (id, target, depth) as (
  select id, merged_into, 1 from incidents where merged_into is not null
  union all
  select leads.id, i.merged_into, leads.depth + 1
  from leads join incidents i on i.id = leads.target
  where i.merged_into is not null and leads.depth < 100),
ends as (
  select distinct on (id) id, target from leads order by id, depth desc)
update incidents
set merged_into = ends.target
from ends
where incidents.id = ends.id and incidents.merged_into <> ends.target and ends.target <> ends.id;

-- Evidence that a person put into another incident: no longer shown as the first one's, of which
-- correlation still keeps it.
create table incident_splits (
  organization_id int not null,
  ts timestamptz not null,
  incident_id uuid not null references incidents (id),
  event_id uuid not null,
  into_incident uuid not null references incidents (id),
  primary key (incident_id, ts, event_id)
);
create index incident_splits_into on incident_splits (into_incident);

-- Merges and splits as they can be undone, the last one first. `sequence` is that of the journal;
-- `parents` says where each member was before, itself where it stood alone.
create table incident_operations (
  organization_id int not null,
  incident_id uuid not null references incidents (id),
  sequence bigint not null,
  kind text not null check (kind in ('merge', 'split', 'split_events')),
  members uuid[] not null,
  parents uuid[] not null,
  undone_at bigint,
  primary key (incident_id, sequence)
);

create index incident_journal_comments on incident_journal (incident_id, sequence)
  where action in ('commented', 'comment_withdrawn');

-- How many events an incident and those that are merged into it show. Above 100,000 an event that several of them have counts more than once.
create function incident_family_events(organization int, incident uuid)
returns bigint language plpgsql stable as $$
declare
  members uuid[];
  rough bigint;
  dropped bigint;
begin
  members := array(
    select id from incidents where organization_id = organization and merged_into = incident);
  members := members || incident;
  select sum(event_count), sum(evidence_dropped) into rough, dropped
  from incidents where organization_id = organization and id = any (members);
  if rough > 100000 then
    return rough - (
      select count(*) from incident_splits
      where organization_id = organization and incident_id = any (members));
  end if;
  return dropped + (
    select count(*) from (
      select distinct e.ts, e.event_id
      from incident_events e
      where e.organization_id = organization and e.incident_id = any (members)
        and not exists (
          select from incident_splits s
          where s.incident_id = e.incident_id and s.ts = e.ts and s.event_id = e.event_id)
    ) events);
end
$$;

-- What an incident has that was merged into another changes what the other one shows.
create function incident_family_grows() returns trigger language plpgsql as $$
begin
  update incidents
  set revision = revision + 1, updated_at = now()
  where organization_id = new.organization_id and id = new.merged_into;
  perform incident_tell(new.organization_id, new.merged_into, 'grown');
  return null;
end
$$;

create trigger incident_family_update after update on incidents
for each row when (
  new.merged_into is not null and old.merged_into is not distinct from new.merged_into
  and old.event_count is distinct from new.event_count)
execute function incident_family_grows();

-- Opens an incident again, or the one that it is merged into, that was resolved before its latest event
-- happened.
create or replace function incident_reopen(organization int, incident uuid, latest timestamptz)
returns void language plpgsql as $$
declare
  shown uuid;
begin
  update incidents
  set status = 'open', verdict = null, verdict_reason = null, resolved_at = null
  where organization_id = organization and status = 'resolved' and resolved_at < latest
    and id = coalesce(
      (select merged_into from incidents where id = incident and organization_id = organization),
      incident)
  returning id into shown;
  if found then
    perform incident_journal_append(
      organization, shown, 'system', 'reopened', jsonb_build_object('latest_event_at', latest));
  end if;
end
$$;

-- Events that an incident cites, copied whole before their month goes.
create table pinned_events (
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
  pinned_at timestamptz not null default now(),
  primary key (organization_id, ts, id)
);

-- What rules found in them.
create table pinned_detections (
  ts timestamptz not null,
  event_id uuid not null,
  organization_id int not null,
  rule_version int not null,
  rule_id text not null,
  level text not null,
  fields jsonb not null,
  matched jsonb not null,
  primary key (organization_id, ts, event_id, rule_id)
);

call tenant_protect('incident_terms', 'select, insert, delete');
call tenant_protect('incident_tallies', 'select, insert, update');
call tenant_protect('incident_tally_changes', 'select, insert, delete');
call tenant_protect('incident_splits', 'select, insert, delete');
call tenant_protect('incident_operations', 'select, insert, update');
call tenant_protect('pinned_events', 'select, insert');
call tenant_protect('pinned_detections', 'select, insert');
