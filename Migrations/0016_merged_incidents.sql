-- What shows several incidents as one, or only a part of one, tells all that it shows; and who was told of an
-- incident is told of its end, whatever its severity is by then.
-- Locks: SHARE on webhook_deliveries while the index is built.

-- How many events an incident and those that are merged into it show, and when the first and the last of them
-- happened, in microseconds since 1970.
create function incident_family_shown(organization int, incident uuid)
returns bigint[] language plpgsql stable as $$
declare
  span timestamptz[];
begin
  select array[min(shown.first), max(shown.last)] into span
  from (
    select
      case when members.is_split then (
        select e.ts
        from incident_events e
        where e.incident_id = members.id and not exists (
          select from incident_splits s
          where s.incident_id = e.incident_id and s.ts = e.ts and s.event_id = e.event_id)
        order by e.ts
        limit 1)
      else members.first_event_at end as first,
      case when members.is_split then (
        select e.ts
        from incident_events e
        where e.incident_id = members.id and not exists (
          select from incident_splits s
          where s.incident_id = e.incident_id and s.ts = e.ts and s.event_id = e.event_id)
        order by e.ts desc
        limit 1)
      else members.last_event_at end as last
    from (
      select id, first_event_at, last_event_at, exists (
        select from incident_splits s
        where s.organization_id = organization and s.incident_id = incidents.id) as is_split
      from incidents
      where organization_id = organization and (id = incident or merged_into = incident)
    ) members
  ) shown;
  return array[
    incident_family_events(organization, incident),
    (extract(epoch from span[1]) * 1000000)::bigint,
    (extract(epoch from span[2]) * 1000000)::bigint];
end
$$;

create index webhook_deliveries_incident
  on webhook_deliveries (organization_id, webhook_id, incident_id);
