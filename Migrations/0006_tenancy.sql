-- Row-level security: the role that tenants' queries run under sees the rows of the organization that
-- its session names, and nothing where it names none. It can neither bypass nor leave the policies.
-- The service's own role owns the tables and is not subject to them (PostgreSQL refuses COPY into a
-- table under row-level security).
-- Locks: ACCESS EXCLUSIVE on each protected table until the commit, for milliseconds since no row is
-- rewritten, but only once running transactions on them have ended.

do $$
begin
  if not exists (select from pg_roles where rolname = 'harrier_tenant') then
    begin
      create role harrier_tenant nologin nobypassrls;
    exception
      -- Another database of this server is being migrated at the same moment.
      when duplicate_object or unique_violation then null;
    end;
  end if;
  if not pg_has_role(current_user, 'harrier_tenant', 'member') then
    execute format('grant harrier_tenant to %I', current_user);
  end if;
exception
  when insufficient_privilege then
    raise exception 'the role harrier_tenant is missing and % may not make it', current_user
      using hint = format(
        'run as a superuser: create role harrier_tenant nologin; grant harrier_tenant to %I;',
        current_user);
end
$$;

-- The organization of the session; null where it has none.
create function tenant_organization() returns int language sql stable parallel safe as $$
  select nullif(current_setting('harrier.organization', true), '')::int
$$;

-- Puts a table with the column organization_id under the policy and grants `privileges` on it. Call it
-- for every table that tenants' queries read or write.
create procedure tenant_protect(protected regclass, privileges text) language plpgsql as $$
begin
  execute format('alter table %s enable row level security', protected);
  execute format(
    'create policy tenant on %s to harrier_tenant using (organization_id = tenant_organization()) '
      || 'with check (organization_id = tenant_organization())', protected);
  execute format('grant %s on %s to harrier_tenant', privileges, protected);
end
$$;

call tenant_protect('events', 'select');
call tenant_protect('detections', 'select');
call tenant_protect('ingest_batches', 'select');
call tenant_protect('quarantine', 'select, update');
call tenant_protect('incidents', 'select, insert, update');
call tenant_protect('incident_events', 'select, insert, delete');
call tenant_protect('incident_counters', 'select, insert, update');
call tenant_protect('incident_journal', 'select, insert');
call tenant_protect('outbox', 'select, insert');
