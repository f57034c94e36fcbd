-- Lists of what an organization keeps are cached. Each change of what they show is announced with its commit,
-- whoever makes it, so that every node makes it unreachable. Rules are announced already (0004). Records that
-- are quarantined come in with batches of events, which must not wait for announcements: the node that stored
-- them tells the cache.
-- Locks: SHARE ROW EXCLUSIVE on each of these tables until the commit, which stops writes to them for
-- milliseconds.

create function announce_list() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    perform pg_notify('harrier_lists', tg_argv[0] || ' ' || old.organization_id);
  end if;
  if tg_op <> 'DELETE' then
    perform pg_notify('harrier_lists', tg_argv[0] || ' ' || new.organization_id);
  end if;
  return null;
end $$;

create function announce_organization() returns trigger language plpgsql as $$
begin
  perform pg_notify('harrier_lists', 'organization ' || coalesce(new.id, old.id));
  return null;
end $$;

create trigger announce_list
  after insert or delete or update of organization_id, email, role, disabled_at on users
  for each row execute function announce_list('users');
create trigger announce_list after insert or update or delete on api_keys
  for each row execute function announce_list('keys');
create trigger announce_list after insert or update or delete on organization_policies
  for each row execute function announce_list('organization');
create trigger announce_list after insert or update or delete on organizations
  for each row execute function announce_organization();
create trigger announce_list after insert or update or delete on webhooks
  for each row execute function announce_list('webhooks');
-- Not when a sender takes one on, which nobody is shown.
create trigger announce_list
  after insert or delete or update of state, attempts, history, next_attempt_at, finished_at
  on webhook_deliveries
  for each row execute function announce_list('webhooks');
create trigger announce_list after update or delete on quarantine
  for each row execute function announce_list('quarantine');
create trigger announce_list after insert on audit_log
  for each row execute function announce_list('audit');
