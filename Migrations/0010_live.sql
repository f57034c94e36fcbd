-- The outbox is numbered, so that followers can go on where they were; webhooks and their deliveries.
-- Locks: ACCESS EXCLUSIVE on outbox and incident_counters for milliseconds (columns without a rewrite);
-- the indexes stop writes to outbox while they are built, about a second for a million rows.

-- Messages of an organization are numbered 1, 2, 3 … in the order of their commits: the number is taken
-- from the counter's row, which stays locked until the commit. So whoever has seen number n can read
-- what is greater, and misses nothing. Null for messages from before this migration.
alter table outbox add column sequence bigint;
alter table incident_counters add column outbox_sequence bigint not null default 0;

create unique index outbox_sequence on outbox (organization_id, sequence);

create function outbox_number() returns trigger language plpgsql as $$
begin
  insert into incident_counters (organization_id, outbox_sequence)
  values (new.organization_id, 1)
  on conflict (organization_id) do update
    set outbox_sequence = incident_counters.outbox_sequence + 1
  returning outbox_sequence into strict new.sequence;
  -- What a notice shows of an incident.
  if new.topic = 'incidents' and not new.payload ? 'title' then
    new.payload := new.payload || coalesce((
      select jsonb_build_object('title', title)
      from incidents
      where id = (new.payload ->> 'id')::uuid and organization_id = new.organization_id), '{}');
  end if;
  return new;
end
$$;

create trigger number before insert on outbox for each row execute function outbox_number();

-- Whom an organization tells of its incidents.
create table webhooks (
  organization_id int not null references organizations (id),
  id uuid not null,
  name text not null,
  url text not null,
  -- Sealed: signs deliveries, or is the routing key of PagerDuty.
  secret bytea not null,
  format text not null check (format in ('generic', 'slack', 'pagerduty', 'teams')),
  -- Empty for all.
  actions text[] not null default '{}',
  minimum_severity text not null default 'low' check (
    minimum_severity in ('low', 'medium', 'high', 'critical')),
  enabled boolean not null default true,
  -- Why the service itself disabled it: `gone`, the target answered 410.
  disabled_reason text,
  -- It is told of messages behind this one.
  since_sequence bigint not null,
  -- Failed attempts since the last success.
  failures int not null default 0,
  created_by text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organization_id, id)
) with (fillfactor = 80);

-- How far each organization's outbox has been turned into deliveries.
create table webhook_cursors (
  organization_id int primary key references organizations (id),
  sequence bigint not null
) with (fillfactor = 50);

-- One message to one webhook. Those of one incident are sent in their order.
create table webhook_deliveries (
  organization_id int not null,
  id uuid not null default gen_random_uuid(),
  webhook_id uuid not null,
  ordinal bigint not null generated always as identity,
  -- Of the outbox; null for a test.
  sequence bigint,
  incident_id uuid,
  payload jsonb not null,
  state text not null default 'pending' check (state in ('pending', 'delivered', 'dead')),
  -- Since the last time that a person asked for it.
  attempts int not null default 0,
  -- [{"at", "status", "latency_ms", "error"}, …], the newest ones.
  history jsonb not null default '[]',
  next_attempt_at timestamptz not null default now(),
  give_up_at timestamptz not null,
  -- Who sends it now, and until when nobody else will.
  lease uuid,
  leased_until timestamptz,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (organization_id, id),
  unique (organization_id, webhook_id, sequence),
  foreign key (organization_id, webhook_id)
    references webhooks (organization_id, id) on delete cascade
) with (fillfactor = 70);

create index webhook_deliveries_list on webhook_deliveries (organization_id, webhook_id, ordinal);
create index webhook_deliveries_pending
  on webhook_deliveries (organization_id, webhook_id, incident_id, ordinal) where state = 'pending';
create index webhook_deliveries_due on webhook_deliveries (organization_id, webhook_id, ordinal)
  where state = 'pending';
create index webhook_deliveries_leased
  on webhook_deliveries (organization_id, webhook_id, leased_until)
  where state = 'pending' and leased_until is not null;
create index webhook_deliveries_finished on webhook_deliveries (finished_at)
  where state <> 'pending';

call tenant_protect('webhooks', 'select, insert, update, delete');
call tenant_protect('webhook_cursors', 'select, insert');
call tenant_protect('webhook_deliveries', 'select, insert, update');
