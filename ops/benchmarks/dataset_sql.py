"""The SQL that makes the analysts' dataset: organizations, stretches of events, incidents.

Everything is drawn by weights, as in a real installation: few organizations, hosts, users, addresses and
source types have most of the events. The host `retired-01` and the user `contractor` are in the oldest
stretch alone, which is what a list from newest to oldest finds last.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

ORGANIZATIONS = 50
ZIPF_EXPONENT = 1.1
# Of an organization's events, those of its busiest address.
HOT_SHARE = 0.05
# Sensors send their events in small batches, so that neighbours are of one organization.
EVENTS_A_REQUEST = 20
RETIRED_HOST = "retired-01"
RETIRED_USER = "contractor"
EVENT_IDS_A_KIND = 8
PROCESSES = ("bash", "powershell.exe", "sshd", "cmd.exe", "svchost.exe")


@dataclass(frozen=True)
class Kind:
    """A source type, its share of all events, and its kinds of event, the most frequent first."""

    name: str
    weight: float
    event_ids: tuple[str, ...]
    has_user: bool
    has_destination: bool
    # Of its events, those of severity 7 and above.
    severe: float


KINDS = (
    Kind("suricata", 0.2700, ("flow", "dns", "http", "tls", "alert"), False, True, 0.004),
    Kind("nginx.access", 0.2000, ("200", "304", "404", "500"), False, False, 0.001),
    Kind("linux.sshd", 0.1300, ("accepted", "failed", "invalid_user"), True, False, 0.01),
    Kind("windows.sysmon", 0.1300, ("1", "3", "7", "10", "11", "13", "22"), True, True, 0.01),
    Kind("windows.security", 0.1100, ("4624", "4634", "4672", "4688", "4625"), True, False, 0.01),
    Kind("zeek.conn", 0.0700, ("conn",), False, True, 0.0005),
    Kind(
        "aws.cloudtrail", 0.0400, ("GetObject", "PutObject", "AssumeRole", "ConsoleLogin"), True, False, 0.01
    ),
    Kind("linux.auditd", 0.0300, ("SYSCALL", "EXECVE", "USER_AUTH"), True, False, 0.01),
    Kind("zeek.dns", 0.0150, ("dns",), False, True, 0.0005),
    Kind("osquery", 0.0030, ("processes", "listening_ports"), True, False, 0.01),
    Kind("cowrie", 0.0018, ("cowrie.login.failed", "cowrie.command.input"), True, False, 0.3),
    Kind("vpn.gateway", 0.0002, ("connect", "disconnect"), True, False, 0.02),
)


def organization_weights() -> list[float]:
    """Each organization's share of the events, the largest first."""
    raw = [1 / rank**ZIPF_EXPONENT for rank in range(1, ORGANIZATIONS + 1)]
    return [weight / sum(raw) for weight in raw]


def make_organizations() -> str:
    return f"""
insert into organizations (slug, name)
select 'bench-' || lpad(n::text, 2, '0'), 'Organization ' || n
from generate_series(1, {ORGANIZATIONS}) n
on conflict (slug) do nothing;
"""


def make_events(
    table: str,
    first_organization: int,
    start: datetime,
    end: datetime,
    rows: int,
    *,
    oldest: bool,
    batch: int,
) -> str:
    """`rows` events evenly over a stretch of time, in its order.

    An organization is called here by its rank; `first_organization` is the id of the largest, and the
    others' follow it. `oldest` adds the retired host and user. `batch` numbers the first batch.
    """
    seconds = (end - start).total_seconds() / max(rows, 1)
    retired_host = f"when n % 100000 = 5000 then '{RETIRED_HOST}'" if oldest else ""
    retired_user = f"when n % 50000 < 3 then '{RETIRED_USER}'" if oldest else ""
    return f"""
insert into {table} (
  ts, received_at, id, organization_id, severity, src_port, dst_port, source_type, event_id, src_ip,
  dst_ip, protocol, host, "user", process, action, outcome, message, batch_id, raw)
select ts, ts + interval '1 second' * (0.05 + c * c),
  (lpad(to_hex(floor(extract(epoch from ts) * 1000)::bigint), 12, '0') || '8' || substr(digest, 1, 3)
    || 'a' || substr(digest, 4, 15))::uuid,
  {first_organization - 1} + org,
  case
    when d < severe * 0.1 then 10
    when d < severe * 0.4 then 9
    when d < severe then 7 + floor(e * 2)::int
    else floor(e * e * 7)::int
  end,
  1024 + floor(a * 64000)::int,
  case when has_destination then {_choice(("443", "80", "53", "22", "445", "3389"), "f * f")} end,
  source_type, event_id, src_ip,
  case when has_destination then '10.0.0.0'::inet + (org * 65536 + floor(f * f * 2000)::bigint) end,
  case when has_destination then case when e < 0.8 then 'tcp' else 'udp' end end,
  host, username,
  case when has_user then {_choice(_texts(PROCESSES), "f")} end,
  case when has_user then 'login' else 'connection' end,
  case when e < 0.12 then 'failure' else 'success' end,
  event_id || ' of ' || coalesce(username, 'nobody') || ' on ' || host || ' from ' || host(src_ip)
    || ' session ' || substr(digest, 1, 12),
  {batch} + n / 2000,
  convert_to(
    '{{"host":"' || host || '","src":"' || host(src_ip) || '","session":"' || digest || '"}}', 'UTF8')
from (
  select *,
    case
      when a < {HOT_SHARE} then '203.0.113.0'::inet + org
      when a < 0.6 then '10.0.0.0'::inet + (org * 65536 + floor(b * b * b * 4000)::bigint)
      else '11.0.0.0'::inet + floor(b * 3000000000)::bigint
    end as src_ip,
    case
      {retired_host}
      when true then 'host-' || floor(c * c * c * greatest(20, 2000 / org))::int
    end as host,
    case
      when not has_user then null
      {retired_user}
      when d > 0.85 then 'root'
      else 'user' || floor(f * f * greatest(30, 3000 / org))::int
    end as username
  from (
    select *,
      {_choice(_texts(kind.name for kind in KINDS), None)} as source_type,
      {_choice((str(kind.has_user).lower() for kind in KINDS), None)} as has_user,
      {_choice((str(kind.has_destination).lower() for kind in KINDS), None)} as has_destination,
      {_choice((str(kind.severe) for kind in KINDS), None)} as severe,
      {_event_id()} as event_id
    from (
      select n,
        timestamptz '{start.isoformat()}' + interval '1 second' * ({seconds!r} * (n + random())) as ts,
        {_organization(batch)} as org,
        1 + width_bucket(random(), {_thresholds([kind.weight for kind in KINDS])}) as kind,
        random() as a, random() as b, random() as c, random() as d, random() as e, random() as f,
        md5(random()::text || n) as digest
      from generate_series(0, {rows - 1}) n
    ) drawn
    offset 0
  ) sourced
  offset 0
) named;
"""


def make_incidents(
    organization: int, count: int, part: tuple[int, int], start: datetime, end: datetime, seed: int
) -> str:
    """The incidents of the numbers of `part`, both inclusive, out of `count` in the order of opening.

    Most are resolved, above all the old ones. One that was merged went into the number before, if that
    was not merged itself.
    """
    span = (end - start).total_seconds()
    identity = f"md5('bench {organization} ' || {{}})::uuid"
    return f"""
select setseed({seed % 9973 / 9973});
insert into incidents (
  id, organization_id, number, title, reason, severity, status, verdict, assignee, tags, src_ip, entities,
  tactics, techniques, rule_id, rule_version, rule_title, event_count, first_event_at, last_event_at,
  created_at, updated_at, resolved_at, revision, merged_into, explanation)
select {identity.format("n")}, {organization}, n,
  'Rule ' || rule || ' on host-' || host, 'Rule ' || rule || ' matched events of host-' || host,
  severity, status,
  case when status = 'resolved' then
    (array['true_positive', 'benign_positive', 'false_positive', 'undetermined'])[1 + floor(b * b * 4)::int]
  end,
  case
    when status <> 'open' or d < 0.1 then 'analyst-' || floor(c * c * 12)::int || '@bench.example'
  end,
  case when d < 0.05 then array['vip'] when d < 0.06 then array['red-team', 'vip'] else '{{}}' end,
  address,
  jsonb_build_array(
    jsonb_build_object('type', 'host', 'value', 'host-' || host),
    jsonb_build_object('type', 'ip', 'value', host(address)),
    jsonb_build_object('type', 'user', 'value', username)),
  array[(array['credential-access', 'execution', 'lateral-movement', 'discovery'])[1 + rule % 4]],
  array['T1' || (100 + rule % 40) || case when rule % 3 = 0 then '.001' else '' end],
  'bench-rule-' || rule, 1, 'Rule ' || rule, 1 + floor(c * c * c * 5000)::int,
  created - interval '5 minutes', least(created + interval '1 day' * (c * c), '{end.isoformat()}'), created,
  least(created + interval '1 day' * (b * b * 14), '{end.isoformat()}'),
  case
    when status = 'resolved' then least(created + interval '1 day' * (b * b * 14), '{end.isoformat()}')
  end,
  1 + floor(b * 5)::int,
  case when status = 'merged' then {identity.format("(n - 1)")} end,
  jsonb_build_object(
    'rule', 'bench-rule-' || rule, 'reason', 'threshold reached', 'events', 1 + floor(c * 10)::int)
from (
  select *,
    case
      when n % 20 = 0 then 'merged'
      when a < greatest(0.02, 0.6 - 0.06 * age_days) then 'open'
      when e < 0.03 then 'acknowledged'
      when e < 0.06 then 'in_progress'
      when e < 0.07 then 'contained'
      when e < 0.27 then 'dismissed'
            else 'resolved'
    end as status
  from (
    select n, created, extract(epoch from timestamptz '{end.isoformat()}' - created) / 86400 as age_days,
      (array['low', 'medium', 'high', 'critical'])[
        1 + width_bucket(random(), array[0.5, 0.85, 0.98]::float8[])] as severity,
      floor(random() * random() * 200)::int as rule, floor(random() ^ 3 * 2000)::int as host,
      'user' || floor(random() ^ 2 * 3000)::int as username,
      case
        when random() < 0.02 then inet '203.0.113.1'
        else '11.0.0.0'::inet + floor(random() ^ 2 * 3000000)::bigint
      end as address,
      random() as a, random() as b, random() as c, random() as d, random() as e
    from (
      select n, timestamptz '{start.isoformat()}' + interval '1 second' * ({span!r} * n / {count}) as created
      from generate_series({part[0]}, {part[1]}) n
    ) numbered
    offset 0
  ) drawn
  offset 0
) decided;
insert into incident_counters (organization_id, last_number) values ({organization}, {part[1]})
on conflict (organization_id) do update
set last_number = greatest(incident_counters.last_number, excluded.last_number);
"""


def _thresholds(weights: list[float]) -> str:
    """The bounds between the ranks, for `width_bucket`: rank 1 lies below the first."""
    total = sum(weights)
    bounds = [bound / total for bound in accumulate(weights[:-1])]
    return f"array[{', '.join(f'{bound:.9f}' for bound in bounds)}]::float8[]"


def _organization(salt: int) -> str:
    """The rank of the row's organization, the same for the rows of one request of a sender."""
    request = f"abs(hashint8({salt} + n / {EVENTS_A_REQUEST})::bigint) / 2147483648.0"
    return f"1 + width_bucket({request}::float8, {_thresholds(organization_weights())})"


def _texts(values: Iterable[str]) -> list[str]:
    return [f"'{value}'" for value in values]


def _choice(values: Iterable[str], chance: str | None) -> str:
    """One of the literals: by a chance of 0 to 1, or by the row's kind."""
    literals = list(values)
    index = "kind" if chance is None else f"1 + floor({chance} * {len(literals)})::int"
    return f"(array[{', '.join(literals)}])[{index}]"


def _event_id() -> str:
    """An event id of the row's kind."""
    flat: list[str] = []
    for kind in KINDS:
        flat += sorted((kind.event_ids * EVENT_IDS_A_KIND)[:EVENT_IDS_A_KIND], key=kind.event_ids.index)
    index = f"(kind - 1) * {EVENT_IDS_A_KIND} + 1 + floor(e * e * {EVENT_IDS_A_KIND})::int"
    return f"(array[{', '.join(_texts(flat))}])[{index}]"
