internal import Postgres

extension WebhookQueue {
  static let lockCursors = PostgresStatement(
    "webhooks.lock_cursors",
    """
    select c.organization_id, c.sequence
    from webhook_cursors c
    join incident_counters n on n.organization_id = c.organization_id
    where c.sequence < n.outbox_sequence
    order by c.organization_id
    limit 100
    for update of c skip locked
    """)
  /// Whether what a message says is severe enough for a webhook `w`.
  private static func isSevere(_ payload: String) -> String {
    let severities = "array['low', 'medium', 'high', 'critical']"
    return "array_position(\(severities), \(payload) ->> 'severity') "
      + ">= array_position(\(severities), w.minimum_severity)"
  }

  static let advance = PostgresStatement(
    "webhooks.expand",
    """
    with messages as (
      select o.organization_id, o.sequence, o.topic, o.payload, o.created_at
      from unnest($1::int4[], $2::int8[]) as behind (organization, seen)
      cross join lateral (
        select *
        from outbox
        where organization_id = organization and sequence > seen
        order by sequence
        limit $3
      ) o
    ), deliveries as (
      insert into webhook_deliveries (
        organization_id, webhook_id, sequence, incident_id, payload, created_at, give_up_at)
      select m.organization_id, w.id, m.sequence, (m.payload ->> 'id')::uuid, m.payload,
        m.created_at, now() + make_interval(secs => $4::int4)
      from messages m
      join webhooks w on w.organization_id = m.organization_id
      where m.topic = 'incidents' and w.enabled and m.sequence > w.since_sequence
        and (w.actions = '{}' or m.payload ->> 'action' = any(w.actions))
        and (
          \(isSevere("m.payload"))
          -- Who was told of it, or is told now, hears of its end.
          or m.payload ->> 'status' in ('resolved', 'dismissed', 'merged')
            and (
              exists (
                select
                from webhook_deliveries told
                where told.organization_id = m.organization_id and told.webhook_id = w.id
                  and told.incident_id = (m.payload ->> 'id')::uuid)
              or exists (
                select
                from messages before
                where before.organization_id = m.organization_id
                  and before.payload ->> 'id' = m.payload ->> 'id'
                  and before.sequence between w.since_sequence + 1 and m.sequence - 1
                  and (w.actions = '{}' or before.payload ->> 'action' = any(w.actions))
                  and \(isSevere("before.payload")))))
      order by m.organization_id, m.sequence
      on conflict (organization_id, webhook_id, sequence) do nothing
      returning 1
    ), cursors as (
      update webhook_cursors c
      set sequence = latest.sequence
      from (
        select behind.organization, coalesce(max(m.sequence), max(n.outbox_sequence)) as sequence
        from unnest($1::int4[]) as behind (organization)
        join incident_counters n on n.organization_id = behind.organization
        left join messages m on m.organization_id = behind.organization
        group by behind.organization
      ) latest
      where c.organization_id = latest.organization
    )
    select (select count(*) from messages), (select count(*) from deliveries)
    """)
  static let claimStatement = PostgresStatement(
    "webhooks.claim",
    """
    with waiting as (
      select d.organization_id, d.id, d.next_attempt_at,
        busy.transfers + row_number() over (
          partition by d.organization_id order by d.next_attempt_at) as turn
      from webhooks w
      cross join lateral (
        select p.organization_id, p.id, p.next_attempt_at
        from webhook_deliveries p
        where p.organization_id = w.organization_id and p.webhook_id = w.id
          and p.state = 'pending' and p.next_attempt_at <= now()
          and (p.leased_until is null or p.leased_until <= now())
          and (p.incident_id is null or p.ordinal = (
            select earliest.ordinal
            from webhook_deliveries earliest
            where earliest.organization_id = p.organization_id
              and earliest.webhook_id = p.webhook_id
              and earliest.incident_id = p.incident_id and earliest.state = 'pending'
            order by earliest.ordinal
            limit 1))
        order by p.ordinal
        limit greatest($2 - (
          select count(*)
          from webhook_deliveries busy
          where busy.organization_id = w.organization_id and busy.webhook_id = w.id
            and busy.state = 'pending' and busy.leased_until > now()), 0)
        for update skip locked
      ) d
      cross join lateral (
        select count(*) as transfers
        from webhook_deliveries running
        where running.organization_id = w.organization_id
          and running.state = 'pending' and running.leased_until > now()
      ) busy
      where w.enabled and (w.failures > 0) = $1
    ), due as (
      select organization_id, id
      from waiting
      order by turn, next_attempt_at
      limit $3
    )
    update webhook_deliveries d
    set lease = $4, leased_until = now() + make_interval(secs => $5::int4)
    from due
    join webhooks w on w.organization_id = due.organization_id
    where d.organization_id = due.organization_id and d.id = due.id and w.id = d.webhook_id
    returning d.organization_id, d.id, d.webhook_id, w.url, w.secret, w.format, d.sequence,
      d.created_at, d.attempts, d.give_up_at, d.payload ->> 'id',
      (d.payload ->> 'number')::int8, (d.payload ->> 'revision')::int4, d.payload ->> 'status',
      d.payload ->> 'severity', d.payload ->> 'action', d.payload ->> 'title'
    """)
  /// The newest 50 attempts are kept.
  private static let history = """
    attempts = attempts + 1, lease = null, leased_until = null,
      history = case when jsonb_array_length(history) < 50 then history else history - 0 end || $4
    """
  static let finish = PostgresStatement(
    "webhooks.finish",
    """
    update webhook_deliveries
    set \(history), state = $5, finished_at = now()
    where organization_id = $1 and id = $2 and lease = $3 and state = 'pending'
    """)
  static let postpone = PostgresStatement(
    "webhooks.postpone",
    """
    update webhook_deliveries
    set \(history), next_attempt_at = $5
    where organization_id = $1 and id = $2 and lease = $3 and state = 'pending'
    """)
  static let lock = PostgresStatement(
    "webhooks.lock",
    "select from webhooks where organization_id = $1 and id = $2 for no key update")
  static let succeeded = PostgresStatement(
    "webhooks.succeeded",
    """
    update webhooks
    set failures = 0
    where organization_id = $1 and id = $2 and failures > 0
    """)
  static let failed = PostgresStatement(
    "webhooks.failed",
    """
    update webhooks
    set failures = least(failures + 1, 1000000)
    where organization_id = $1 and id = $2
    """)
  static let disable = PostgresStatement(
    "webhooks.disable",
    """
    update webhooks
    set enabled = false, disabled_reason = 'gone', failures = 0, updated_at = now()
    where organization_id = $1 and id = $2
    """)
  static let releaseStatement = PostgresStatement(
    "webhooks.release",
    """
    update webhook_deliveries
    set lease = null, leased_until = null
    where organization_id = $1 and id = $2 and lease = $3
    """)
  static let trimStatement = PostgresStatement(
    "webhooks.trim",
    """
    delete from webhook_deliveries
    where (organization_id, id) in (
      select organization_id, id
      from webhook_deliveries
      where state <> 'pending' and finished_at < $1
      order by finished_at
      limit $2)
    """)
  static let backlogStatement = PostgresStatement(
    "webhooks.backlog",
    """
    select count(*), coalesce(extract(epoch from now() - min(d.created_at)), 0)::float8
    from webhook_deliveries d
    join webhooks w on w.organization_id = d.organization_id and w.id = d.webhook_id
    where d.state = 'pending' and w.enabled
    """)
}
