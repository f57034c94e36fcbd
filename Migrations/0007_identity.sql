-- Tiers of API keys, policies of organizations, where sessions come from, and the audit log.
-- Locks: ACCESS EXCLUSIVE on api_keys, sessions and correlation_skips until the commit, for
-- milliseconds: no row is rewritten.

-- How many requests a minute a key may make: 60, 300, 1,000 or 10,000.
alter table api_keys add column tier smallint not null default 3 check (tier between 1 and 4);
-- A key that only sends events has nobody to wait for.
update api_keys set tier = 4 where scopes = '{events:write}';

drop trigger announce on api_keys;
create trigger announce
  after insert or delete
    or update of organization_id, secret_sha256, scopes, tier, expires_at, revoked_at on api_keys
  for each row execute function announce_key();

alter table sessions add column address inet;

-- What an organization decides for its people and keys; without a row all is as it is by default.
create table organization_policies (
  organization_id int primary key references organizations (id),
  user_tier smallint not null default 3 check (user_tier between 1 and 4),
  key_tier smallint not null default 3 check (key_tier between 1 and 4),
  -- The most that either may be; for those who run the service to set.
  maximum_tier smallint not null default 4 check (maximum_tier between 1 and 4),
  session_days int not null default 30 check (session_days between 1 and 365),
  -- The end of a session that is not renewed.
  session_idle_days int not null default 14 check (session_idle_days between 1 and 365),
  password_length int not null default 12 check (password_length between 12 and 128),
  -- The longest life of a new key; null for keys without an end.
  key_days int check (key_days between 1 and 3650),
  updated_at timestamptz not null default now()
);

create function announce_policy() returns trigger language plpgsql as $$
begin
  perform pg_notify(
    'harrier_access', 'policy ' || coalesce(new.organization_id, old.organization_id));
  return null;
end $$;

create trigger announce
  after insert or update or delete on organization_policies
  for each row execute function announce_policy();

-- Who did what from where to which object, and what became of it. It holds names of actions and ids of
-- objects, never what was sent. Months are attached as partitions by the service.
create table audit_log (
  at timestamptz not null,
  -- Drawn by the node that writes it, so that an entry which is written again is the same row.
  id bigint not null,
  -- 0 where it is nobody's: a login of a user who does not exist.
  organization_id int not null,
  status int not null,
  -- user:7, key:0k3v…, or nobody.
  actor text not null,
  session uuid,
  address inet,
  action text not null,
  object_type text,
  object_id text,
  outcome text not null check (outcome in ('done', 'refused', 'failed')),
  request_id text not null
) partition by range (at);

create unique index audit_log_organization on audit_log (organization_id, at, id);
create index audit_log_at on audit_log using brin (at) with (autosummarize = on);
create table audit_log_default partition of audit_log default;

-- The log is only ever added to, whoever is connected.
create function audit_is_final() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log is only added to';
end $$;

create trigger final before update or delete on audit_log
  for each row execute function audit_is_final();
create trigger final_truncate before truncate on audit_log
  for each statement execute function audit_is_final();

call tenant_protect('audit_log', 'select');

-- What tenants' queries read of correlation.
call tenant_protect('correlation_skips', 'select');
-- How far correlation has read belongs to no organization.
grant select on correlation_cursors to harrier_tenant;
