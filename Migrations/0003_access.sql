-- People, API keys, sessions and the keys that sign tokens.
-- Locks: creates new objects only; each foreign key takes SHARE ROW EXCLUSIVE on the table it refers
-- to (organizations) until the commit, which stops writes to it for milliseconds.

create table users (
  id int primary key generated always as identity,
  organization_id int not null references organizations (id),
  -- Unique in the whole installation, in lower case.
  email text not null unique check (email = lower(email collate "C")),
  -- $scrypt$ln=..,r=..,p=..$salt$hash
  password_hash text not null,
  role text not null check (role in ('viewer', 'analyst', 'lead', 'admin', 'operator')),
  created_at timestamptz not null default now(),
  disabled_at timestamptz
);
create index on users (organization_id, id);

create table api_keys (
  -- The public part of hk_<id>.<secret>.
  id text primary key check (id ~ '^[0-9a-hjkmnp-tv-z]{16}$'),
  organization_id int not null references organizations (id),
  name text not null,
  -- The secret has 256 random bits, so a plain hash of it is as good as a slow one.
  secret_sha256 bytea not null check (octet_length(secret_sha256) = 32),
  scopes text[] not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  -- Written at most once a minute.
  last_used_at timestamptz
) with (fillfactor = 80);
create index on api_keys (organization_id, id);

-- What signs access tokens and cursors, as it is: who can read this table can make tokens for anyone.
-- It stays empty where HARRIER_JWT_SECRET is set.
create table signing_keys (
  id text primary key,
  secret bytea not null check (octet_length(secret) >= 32),
  created_at timestamptz not null default now(),
  retired_at timestamptz
);

-- One login of one person. Revoking it ends its access tokens and its refresh tokens.
create table sessions (
  id uuid primary key,
  user_id int not null references users (id) on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz
);
create index on sessions (user_id);
create index on sessions (expires_at);

-- A refresh token is good once. A second use of one means that two hold it: its session is revoked.
create table refresh_tokens (
  token_sha256 bytea primary key check (octet_length(token_sha256) = 32),
  session_id uuid not null references sessions (id) on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);
create index on refresh_tokens (session_id);

-- Every change to a credential is announced with its commit, whoever makes it, so that what nodes hold
-- in memory is dropped at once.
create function announce_key() returns trigger language plpgsql as $$
begin
  perform pg_notify('harrier_access', 'key ' || coalesce(new.id, old.id));
  return null;
end $$;

create trigger announce
  after insert or delete
    or update of organization_id, secret_sha256, scopes, expires_at, revoked_at on api_keys
  for each row execute function announce_key();

create function announce_session() returns trigger language plpgsql as $$
begin
  perform pg_notify('harrier_access', 'session ' || replace(new.id::text, '-', ''));
  return null;
end $$;

create trigger announce
  after update of user_id, expires_at, revoked_at on sessions
  for each row execute function announce_session();

create function announce_sessions() returns trigger language plpgsql as $$
begin
  perform pg_notify('harrier_access', 'sessions');
  return null;
end $$;

create trigger announce
  after update of organization_id, role, disabled_at or delete on users
  for each statement execute function announce_sessions();

create trigger announce_deletion
  after delete on sessions
  for each statement execute function announce_sessions();
