-- Lists of incidents read their order and what most lists ask for, status, severity, assignee and verdict,
-- out of one index, without the incidents themselves. Of techniques an index has a mask: most incidents that
-- lack one are passed over without a look at their terms.
-- Locks: ACCESS EXCLUSIVE on incidents while it is written anew with its indexes, about twenty seconds a
-- million incidents.

-- One of 64 bits, by a hash that is the same on every version and machine. These bodies are bound when they
-- are made: what is restored from a dump is computed where no schema is searched.
create function technique_bit(technique text) returns bigint language sql immutable strict parallel safe
return 1::bigint << (('x' || left(md5(technique), 2))::bit(8)::int & 63);

-- The bits of the techniques and of those whose sub-techniques they are.
create function technique_mask(techniques text[]) returns bigint language sql immutable parallel safe
begin atomic
  select coalesce(bit_or(technique_bit(named) | technique_bit(split_part(named, '.', 1))), 0)
  from unnest(techniques) named;
end;

-- First, so that writing the table anew does not make them anew as well.
drop index incidents_created;
drop index incidents_updated;
drop index incidents_last_event;
drop index incidents_severity;
drop index incidents_active_updated;
drop index incidents_active_last_event;
drop index incidents_active_severity;
drop index incidents_number_keys;

alter table incidents
  add column technique_mask bigint not null generated always as (technique_mask(techniques)) stored;

create index incidents_created on incidents (organization_id, created_at, number)
  include (updated_at, status, severity, assignee, verdict, technique_mask);
create index incidents_updated on incidents (organization_id, updated_at, number)
  include (created_at, last_event_at, severity_rank, status, severity, assignee, verdict, technique_mask);
create index incidents_last_event on incidents (
  organization_id, (coalesce(last_event_at, created_at)), number)
  include (created_at, last_event_at, updated_at, status, severity, assignee, verdict, technique_mask);
create index incidents_severity on incidents (organization_id, severity_rank, number)
  include (created_at, updated_at, status, severity, assignee, verdict, technique_mask);

create index incidents_active_updated on incidents (organization_id, updated_at, number)
  include (created_at, status, severity, assignee, verdict, technique_mask)
  where status in ('open', 'acknowledged', 'in_progress', 'contained');
create index incidents_active_last_event on incidents (
  organization_id, (coalesce(last_event_at, created_at)), number)
  include (created_at, last_event_at, updated_at, status, severity, assignee, verdict, technique_mask)
  where status in ('open', 'acknowledged', 'in_progress', 'contained');
create index incidents_active_severity on incidents (organization_id, severity_rank, number)
  include (created_at, updated_at, status, severity, assignee, verdict, technique_mask)
  where status in ('open', 'acknowledged', 'in_progress', 'contained');

create unique index incidents_keys on incidents (organization_id, number)
  include (
    created_at, updated_at, last_event_at, severity_rank, status, severity, assignee, verdict,
    technique_mask);
