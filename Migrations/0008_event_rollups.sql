-- How many events each hour holds, and each five minutes of it, by organization, source type and severity: counts and histograms
-- read these few rows instead of the events. Kept by the transaction that stores the events.
-- Locks: SHARE on events until the commit, so that no event is stored between the count of what is
-- there and the first node that counts itself. The count reads every event once (about a minute for
-- 20 million); stop the nodes of the older version first, they don't count what they store.

create table event_rollups (
  organization_id int not null,
  -- Of the events' own time, in UTC.
  hour timestamptz not null,
  severity smallint not null,
  -- At most 200 characters: a longer one, cut, stands with all that begin alike.
  source_type text not null,
  -- Who stored them, so that two writers never wait for each other's row; 0 for this migration.
  writer_id int not null,
  events bigint not null,
  -- Of these, those of each five minutes, by the minute in which they begin.
  m00 int not null default 0,
  m05 int not null default 0,
  m10 int not null default 0,
  m15 int not null default 0,
  m20 int not null default 0,
  m25 int not null default 0,
  m30 int not null default 0,
  m35 int not null default 0,
  m40 int not null default 0,
  m45 int not null default 0,
  m50 int not null default 0,
  m55 int not null default 0,
  primary key (organization_id, hour, severity, source_type, writer_id)
) with (
  -- Rows of the running hour are changed by every commit, within their page.
  fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02
);

lock table events in share mode;

insert into event_rollups (
  organization_id, hour, severity, source_type, writer_id, events,
  m00, m05, m10, m15, m20, m25, m30, m35, m40, m45, m50, m55)
select organization_id, date_trunc('hour', ts, 'UTC'), severity, left(source_type, 200), 0, count(*),
  count(*) filter (where part = 0), count(*) filter (where part = 1), count(*) filter (where part = 2),
  count(*) filter (where part = 3), count(*) filter (where part = 4), count(*) filter (where part = 5),
  count(*) filter (where part = 6), count(*) filter (where part = 7), count(*) filter (where part = 8),
  count(*) filter (where part = 9), count(*) filter (where part = 10), count(*) filter (where part = 11)
from (
  select *, extract(minute from ts at time zone 'UTC')::int / 5 as part
  from events
  where deleted_at is null
) stored
group by 1, 2, 3, 4
order by 1, 2, 3, 4;

call tenant_protect('event_rollups', 'select');
