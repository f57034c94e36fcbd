-- Rules that change while the service runs: documents with their versions, which of them were in force
-- from which revision to which, exceptions, and the fence between commits of events and changes.
-- Locks: the three new columns take ACCESS EXCLUSIVE on detections with its partitions and on
-- ingest_batches until the commit, for milliseconds since no row is rewritten, but only once running
-- transactions on them have ended; the foreign keys take SHARE ROW EXCLUSIVE on organizations.

-- Every change of rules, in order: a revision appears only after all smaller ones. It belongs to one
-- organization, or to the installation, whose rules all have. An organization's effective revision is
-- the largest one that is its own or the installation's.
create sequence rule_revision_numbers;

create table rule_revisions (
  revision bigint primary key,
  -- Null for the installation.
  organization_id int references organizations (id),
  created_at timestamptz not null,
  actor text not null,
  change jsonb not null,
  -- The number of each writer's last commit before the change, by the writer's id. Commits of a
  -- writer that is not here came after.
  heads jsonb not null
);

alter sequence rule_revision_numbers owned by rule_revisions.revision;
create index rule_revisions_organization on rule_revisions (organization_id, revision);

-- The last revision of each organization, and of the installation (0): what each commit of events
-- looks up, by one key, however many revisions there are.
create table rule_latest (
  organization_id int primary key,
  revision bigint not null references rule_revisions (revision)
) with (fillfactor = 50);

-- Every rule that there ever was. Organization 0 is the installation. Versions grow over both the
-- installation's and the organizations' documents of an id, so that an organization that puts its own
-- document in place of the installation's never sees one version twice.
create table rules (
  organization_id int not null check (organization_id >= 0),
  rule_id text collate "C" not null check (octet_length(rule_id) between 1 and 512),
  last_version int not null check (last_version > 0),
  primary key (organization_id, rule_id)
) with (fillfactor = 80);

create index rules_id on rules (rule_id);

create table rule_versions (
  organization_id int not null,
  rule_id text collate "C" not null,
  version int not null check (version > 0),
  kind text not null check (kind in ('detection', 'correlation', 'filter')),
  title text not null,
  level text not null,
  source text not null,
  -- SHA-256 of the source in UTF-8.
  digest bytea not null check (octet_length(digest) = 32),
  created_at timestamptz not null,
  created_by text not null,
  primary key (organization_id, rule_id, version),
  foreign key (organization_id, rule_id) references rules
);

-- What was in force in [from_revision, to_revision); to_revision is null for what still is. A row
-- without a version is an organization's own mode for a rule of the installation.
create table rule_states (
  organization_id int not null,
  rule_id text collate "C" not null,
  from_revision bigint not null references rule_revisions (revision),
  to_revision bigint references rule_revisions (revision),
  version int,
  mode text not null check (mode in ('enabled', 'disabled', 'shadow')),
  primary key (organization_id, rule_id, from_revision),
  foreign key (organization_id, rule_id, version) references rule_versions,
  check (to_revision > from_revision),
  check (version is not null or organization_id > 0)
);

create unique index rule_states_current on rule_states (organization_id, rule_id, (version is null))
  where to_revision is null;

-- What is not to raise incidents for a while. Those of rule_id, entity and match that are there must
-- all hold.
create table rule_exceptions (
  id bigint primary key generated always as identity,
  organization_id int not null references organizations (id),
  rule_id text collate "C",
  entity_type text check (entity_type in ('ip', 'host', 'user')),
  entity_value text check (entity_value <> ''),
  match jsonb check (jsonb_typeof(match) in ('object', 'array')),
  reason text not null check (reason <> ''),
  from_revision bigint not null references rule_revisions (revision),
  to_revision bigint references rule_revisions (revision),
  created_at timestamptz not null,
  created_by text not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  ended_by text,
  check ((entity_type is null) = (entity_value is null)),
  check (num_nonnulls(rule_id, entity_type, match) > 0),
  check (to_revision > from_revision),
  constraint rule_exceptions_expiry check (expires_at > created_at),
  check (num_nonnulls(to_revision, ended_at, ended_by) in (0, 3))
);

create index rule_exceptions_organization on rule_exceptions (organization_id, id);
create index rule_exceptions_current on rule_exceptions (organization_id) where to_revision is null;

-- How often an exception held, for each writer, so that no two commits wait for each other. A counter
-- rather than an index on detections: it costs nothing where no exception holds and one statement a
-- commit where one does, answers at once for an exception that held a million times, and goes on
-- counting when old months of detections are dropped.
create table rule_exception_hits (
  exception_id bigint not null,
  writer_id int not null,
  detections bigint not null,
  last_at timestamptz not null,
  primary key (exception_id, writer_id)
) with (fillfactor = 50);

-- The exceptions that held for a detection, and the ids of the rules and correlations for which it
-- therefore does not count.
alter table detections
  add column exceptions bigint[],
  add column excepted text[];

-- The effective revision that the batch was staged under.
alter table ingest_batches
  add column rules_revision bigint not null default 0;

-- For each commit that stored detections for which exceptions held: how many for each exception.
create function rules_exceptions_held(writer int, exceptions bigint[], counts bigint[])
returns void language sql as $$
  insert into rule_exception_hits as hits (exception_id, writer_id, detections, last_at)
  select held.id, writer, sum(held.detections), clock_timestamp()
  from unnest(exceptions, counts) as held (id, detections)
  group by held.id
  order by held.id
  on conflict (exception_id, writer_id) do update
  set detections = hits.detections + excluded.detections, last_at = excluded.last_at
$$;

-- The fence. Its advisory locks are of class 0x4852524C: 0 is the installation, a positive number that
-- organization (organizations ascending), and -1, which only changes take and take last, the order in
-- which revisions appear. Each statement of the two functions sees what was committed when it began, so
-- what comes after a lock sees what those did who held it before; that needs read committed.

-- Called in each transaction that commits events, before anything else that can wait: keeps rules from
-- changing until its end, and says which revision is effective for each of the organizations.
create function rules_fence(organizations int[])
returns table (organization_id int, revision bigint) language plpgsql volatile as $$
declare
  base bigint;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'rules_fence needs a read committed transaction';
  end if;
  perform pg_advisory_xact_lock_shared(1213354572, 0);
  base := (select latest.revision from rule_latest latest where latest.organization_id = 0);
  -- One by one: a single statement for all would be planned anew in each call, for three times the cost.
  for organization_id in select distinct id from unnest(organizations) as id order by id loop
    perform pg_advisory_xact_lock_shared(1213354572, organization_id);
    revision := greatest(0, base, (
      select latest.revision
      from rule_latest latest
      where latest.organization_id = rules_fence.organization_id));
    return next;
  end loop;
end
$$;

-- Called first in each transaction that changes rules of an organization, or of the installation
-- (null): waits for the commits of events that are under way, keeps new ones out until its end, and
-- makes the revision with the writers' heads. The caller then sets actor and change. It gives up after
-- 5 s of waiting, and its session is ended when it then leaves the transaction idle for 10 s: commits
-- of events must not wait for a node that has stopped.
create function rules_change(organization int)
returns bigint language plpgsql volatile set lock_timeout = '5s' as $$
declare
  number bigint;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'rules_change needs a read committed transaction';
  end if;
  if organization <= 0 then
    raise exception 'rules_change wants an organization, or null for the installation';
  end if;
  perform set_config('idle_in_transaction_session_timeout', '10s', true);
  perform pg_advisory_xact_lock(1213354572, coalesce(organization, 0));
  perform pg_advisory_xact_lock(1213354572, -1);
  number := nextval('rule_revision_numbers');
  insert into rule_revisions (revision, organization_id, created_at, actor, change, heads)
  select number, organization, clock_timestamp(), '', '{}', coalesce(jsonb_object_agg(id, head), '{}')
  from event_writers;
  insert into rule_latest as latest (organization_id, revision)
  values (coalesce(organization, 0), number)
  on conflict (organization_id) do update
  set revision = excluded.revision;
  perform pg_notify('harrier_rules', coalesce(organization::text, ''));
  return number;
end
$$;
