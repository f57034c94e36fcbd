-- Lists of incidents read their order and what most lists ask for, status, severity, assignee and verdict,
-- out of one index, without the incidents themselves.
-- Locks: SHARE on incidents while each index is built, about two seconds a million incidents; meanwhile they
-- are read but not written.

drop index incidents_created;
create index incidents_created on incidents (organization_id, created_at, number)
  include (updated_at, status, severity, assignee, verdict);
drop index incidents_updated;
create index incidents_updated on incidents (organization_id, updated_at, number)
  include (created_at, last_event_at, severity_rank, status, severity, assignee, verdict);
drop index incidents_last_event;
create index incidents_last_event on incidents (
  organization_id, (coalesce(last_event_at, created_at)), number)
  include (created_at, last_event_at, updated_at, status, severity, assignee, verdict);
drop index incidents_severity;
create index incidents_severity on incidents (organization_id, severity_rank, number)
  include (created_at, updated_at, status, severity, assignee, verdict);

drop index incidents_active_updated;
create index incidents_active_updated on incidents (organization_id, updated_at, number)
  include (created_at, status, severity, assignee, verdict)
  where status in ('open', 'acknowledged', 'in_progress', 'contained');
drop index incidents_active_last_event;
create index incidents_active_last_event on incidents (
  organization_id, (coalesce(last_event_at, created_at)), number)
  include (created_at, last_event_at, updated_at, status, severity, assignee, verdict)
  where status in ('open', 'acknowledged', 'in_progress', 'contained');
drop index incidents_active_severity;
create index incidents_active_severity on incidents (organization_id, severity_rank, number)
  include (created_at, updated_at, status, severity, assignee, verdict)
  where status in ('open', 'acknowledged', 'in_progress', 'contained');

create unique index incidents_keys on incidents (organization_id, number)
  include (created_at, updated_at, last_event_at, severity_rank, status, severity, assignee, verdict);
drop index incidents_number_keys;
