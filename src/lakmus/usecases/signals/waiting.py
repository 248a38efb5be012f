"""How long people waited for a first reply, by shift, channel, topic or member of staff: facts, not a ranking."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from lakmus.engine.causes.difference import Z95, wilson
from lakmus.engine.errors.clocks import CHANNEL_SYNONYMS
from lakmus.history.company import Company
from lakmus.history.estimate import Badge, Estimate, Finding, NotEnoughEvidence
from lakmus.history.wording import Wording
from lakmus.operations.company.queries import company_terms
from lakmus.usecases.asking import Conditions, cursor
from lakmus.usecases.house.home import Home
from lakmus.usecases.kept_beside import kept_table
from lakmus.usecases.results import Listing, Row
from lakmus.usecases.show_verdict import Shown

GROUPS = {
    "shift": "coalesce(json_extract_string(features, '$.shift'), json_extract_string(features, '$.\"Agent Shift\"'), "
    "json_extract_string(features, '$.\"Смена\"'))",
    "channel": "channel",
    "topic": "topic",
    "staff": "staff",
}
"""What cases can be grouped by, and how that is read off a case; the staff is who replied, or whose case it is."""

OUTCOMES = {
    "within": "minutes <= target",
    "late": "minutes > target",
    "unanswered": "minutes IS NULL AND waited > target",
    "waiting": "minutes IS NULL AND waited <= target",
}
"""What came of a case's first wait: each case is exactly one of these, or its reply is dated before its question (`unclear`)."""

MEDIAN_NEEDS, TAIL_NEEDS = 10, 40
"""Replies from which a 95 % interval of the median, and of the ninth decile, has both its ends among them (Conover, 1971)."""
FEW_REPLIES = Wording("мало ответов", "few replies")
FEW_CASES = Wording("мало обращений с известным исходом", "few cases whose outcome is known")
NO_REPLIES = Wording("в файлах нет ответов сотрудников", "the files hold no replies by staff")


@dataclass(frozen=True, slots=True)
class Waiting:
    """First waits of one group of cases; `group` None: the files do not say which.

    Parameters
    ----------
    cases, replied, linked : number of cases, of those that a person answered, of those with a known customer.
    within, late, unanswered, waiting, unclear : what came of the cases; together they are `cases`.
    median_minutes, p90_minutes : minutes to the first reply of the cases answered; 95 % interval from order statistics.
    within_share : answered within the target among those of whom it is known (0..1); Wilson's interval.
    """

    group: str | None
    cases: int
    replied: int
    linked: int
    within: int
    late: int
    unanswered: int
    waiting: int
    unclear: int
    median_minutes: Finding
    p90_minutes: Finding
    within_share: Finding


def waiting_times(home: Home, shown: Shown, *, by: str = "") -> list[Waiting]:
    """Return first waits of the verdict's 12 months by one of `GROUPS`, the groups with most cases first; as one group where `by` is "".

    A case opens with itself or with the customer's first message; a reply of a bot or of the system is no reply. Time runs by the
    calendar, the target is the company's for the channel.
    """
    group = GROUPS[by] if by else "NULL::VARCHAR"
    outcomes = ", ".join(f"count(*) FILTER ({condition}) AS {name}" for name, condition in OUTCOMES.items())
    ends = ", ".join(f"max(minutes) FILTER (rank = {_rank(quantile, side)})" for quantile in (0.5, 0.9) for side in (0, -1, 1))
    with _asking(home, shown) as ask:
        found = ask(
            f"""
            WITH ranked AS (SELECT *, {group} AS "group", count(minutes) OVER same AS n,
                                   row_number() OVER (same ORDER BY minutes NULLS LAST) AS rank
                            FROM waits WINDOW same AS (PARTITION BY {group}))
            SELECT "group", count(*) AS cases, count(minutes) AS replied, count(customer) AS linked, {outcomes}, {ends}
            FROM ranked GROUP BY "group" ORDER BY cases DESC, "group"
            """,  # noqa: S608
            [],
        ).fetchall()
    return [_told(row) for row in found]


def list_waits(
    home: Home, shown: Shown, *, by: str = "", group: str | None = None, outcome: str = "", page: int = 1, size: int = 50
) -> Listing:
    """Return the cases behind the figures, the longest wait first.

    Parameters
    ----------
    by, group : one of `GROUPS` and the group's name; None means the cases of which the files do not say it.
    outcome : one of `OUTCOMES`; anything else means all.
    """
    conditions = Conditions()
    if by in GROUPS:
        conditions.add(f"({GROUPS[by]}) IS NOT DISTINCT FROM ?", group)
    if outcome in OUTCOMES:
        conditions.add(OUTCOMES[outcome])
    # The clause holds only conditions written in this module; what was typed stands in the parameters.
    counting = f"SELECT count(*) FROM waits WHERE {conditions.where}"  # noqa: S608
    listing = f"""SELECT * EXCLUDE (features), {GROUPS["shift"]} AS shift FROM waits WHERE {conditions.where}
                  ORDER BY waited DESC, "case" LIMIT ? OFFSET ?"""  # noqa: S608
    with _asking(home, shown) as ask:
        total = ask(counting, conditions.parameters).fetchall()[0][0]
        found = ask(listing, [*conditions.parameters, size, (max(page, 1) - 1) * size])
        rows: list[Row] = found.to_arrow_table().to_pylist()
    return Listing(total, rows)


def _rank(quantile: float, side: int) -> str:
    """Return the SQL of the rank of a quantile among `n` sorted figures, or of an end of its interval (normal approximation)."""
    spread = Z95 * (quantile * (1 - quantile)) ** 0.5
    return f"least(n, greatest(1, ceil({quantile} * n + {side * spread:.6f} * sqrt(n))))"


def _told(row: tuple[Any, ...]) -> Waiting:
    group, cases, replied, linked, within, late, unanswered, waiting, *ends = row
    judged = within + late + unanswered
    share: Finding = NotEnoughEvidence(FEW_CASES, MEDIAN_NEEDS, judged)
    if not replied:
        share = NotEnoughEvidence(NO_REPLIES, MEDIAN_NEEDS, 0)
    elif judged >= MEDIAN_NEEDS:
        share = Estimate(*wilson(within, judged), judged, Badge.COUNTED)
    return Waiting(
        group,
        cases,
        replied,
        linked,
        within,
        late,
        unanswered,
        waiting,
        cases - judged - waiting,
        _quantile(ends[:3], replied, MEDIAN_NEEDS),
        _quantile(ends[3:], replied, TAIL_NEEDS),
        share,
    )


def _quantile(ends: list[float | None], n: int, needed: int) -> Finding:
    if n < needed:
        return NotEnoughEvidence(FEW_REPLIES if n else NO_REPLIES, needed, n)
    point, low, high = (float(end or 0.0) for end in ends)
    return Estimate(point, low, high, n, Badge.COUNTED)


def _targets(company: Company) -> pa.Table:
    """Return the company's targets by channel, under each name by which a channel may be written."""
    known = {name: minutes for name, minutes in company.reply_target_minutes.items() if name}
    named = known | {written: known[name] for written, name in CHANNEL_SYNONYMS.items() if name in known and written not in known}
    return pa.table({"written": pa.array(list(named), pa.string()), "minutes": pa.array(list(named.values()), pa.float64())})


@contextmanager
def _asking(home: Home, shown: Shown) -> Iterator[Callable[[str, list[Any]], duckdb.DuckDBPyRelation]]:
    """Give a function that asks the view `waits`, one row per case; the rows are kept beside the verdict that they belong to."""
    kept = kept_table(shown, "waits", lambda connection: _waits(connection, home, shown))
    with cursor() as connection:
        # Temporary: the instance is shared, and another verdict's cases must not stand under the same name. A view takes no parameters.
        connection.execute("CREATE TEMP VIEW waits AS FROM read_parquet('" + kept.replace("'", "''") + "')")
        yield lambda sql, parameters: connection.sql(sql, params=parameters)


def _waits(connection: duckdb.DuckDBPyConnection, home: Home, shown: Shown) -> duckdb.DuckDBPyRelation:
    company = company_terms()
    connection.register("targets", _targets(company))
    fallback, since = float(company.reply_target_minutes.get("", 1440)), shown.verdict.definition.window_start_at
    return connection.sql(WAITS, params=[home.stream().files(), shown.as_of, shown.as_of, since, fallback, shown.as_of])


WAITS = """
WITH facts AS (SELECT activity_id, activity, ts, customer, anonymous_customer_id, _case, _order, _channel, _topic, _staff, _author,
                      feature_json
               FROM read_parquet(?, union_by_name = true)
               WHERE ts <= ? AND _known_at <= ? AND _case IS NOT NULL
                 AND activity IN ('opened_case', 'sent_message', 'received_reply')),
questions AS (SELECT * FROM facts
              WHERE activity = 'opened_case' OR activity = 'sent_message' AND coalesce(_author, 'customer') = 'customer'),
cases AS (SELECT _case AS "case", min(ts) AS opened_at, arg_min(activity_id, ts) AS open_id, any_value(customer) AS customer,
                 any_value(anonymous_customer_id) AS anonymous_customer_id, any_value(_order) AS "order",
                 arg_min(_channel, ts) AS channel, any_value(_topic) AS topic,
                 any_value(feature_json) FILTER (activity = 'opened_case') AS features, any_value(_staff) AS case_staff
          FROM questions GROUP BY _case HAVING min(ts) > ?),
replies AS (SELECT _case AS "case", min(ts) AS replied_at, arg_min(_staff, ts) AS reply_staff, arg_min(activity_id, ts) AS reply_id
            FROM facts WHERE activity = 'received_reply' AND coalesce(_author, 'person') = 'person' GROUP BY _case),
joined AS (SELECT *, coalesce(reply_staff, case_staff) AS staff, coalesce(targets.minutes, ?) AS target,
                  epoch(replied_at - opened_at) / 60.0 AS took
           FROM cases LEFT JOIN replies USING ("case") LEFT JOIN targets ON lower(trim(channel)) = targets.written)
SELECT "case", "order", customer, anonymous_customer_id, opened_at, open_id, replied_at, reply_id, channel, topic, staff, features, target,
       CASE WHEN took >= 0 THEN took END AS minutes,
       CASE WHEN took >= 0 THEN took WHEN took IS NULL THEN epoch(? - opened_at) / 60.0 END AS waited
FROM joined
"""
