"""How long people waited for a first reply, by member of staff, channel or shift: facts, not a ranking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb

from lakmus.usecases.home import Home

GROUPS = {
    "staff": "staff",
    "channel": "channel",
    "topic": "topic",
    "shift": "coalesce(json_extract_string(features, '$.shift'), json_extract_string(features, '$.\"Agent Shift\"'), "
    "json_extract_string(features, '$.\"Смена\"'))",
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """First replies of one group: cases, how many got a reply by a person, minutes to it (median and 90th percentile)."""

    group: str | None
    cases: int
    replied: int
    median_minutes: float | None
    p90_minutes: float | None


def waiting_times(home: Home, *, as_of: datetime, by: str = "staff") -> list[Waiting]:
    """Return waiting times by `staff`, `channel`, `topic` or `shift`, the largest groups first.

    A group is that of the reply for `staff`, of the case otherwise. Replies of bots and of the system do not count.
    """
    files = home.stream().files()
    if not files:
        return []
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        rows = connection.execute(
            f"""
            WITH facts AS (SELECT * FROM read_parquet(?, union_by_name = true) WHERE ts <= ? AND _known_at <= ? AND _case IS NOT NULL),
            cases AS (SELECT _case, min(ts) AS opened_at, any_value(_channel) AS channel, any_value(_topic) AS topic,
                             any_value(feature_json) AS features, any_value(_staff) AS case_staff
                      FROM facts WHERE activity = 'opened_case' GROUP BY _case),
            replies AS (SELECT _case, min(ts) AS replied_at, arg_min(_staff, ts) AS reply_staff FROM facts
                        WHERE activity = 'received_reply' AND coalesce(_author, 'person') = 'person' GROUP BY _case),
            joined AS (SELECT *, coalesce(reply_staff, case_staff) AS staff, epoch(replied_at - opened_at) / 60.0 AS minutes
                       FROM cases LEFT JOIN replies USING (_case))
            SELECT {GROUPS[by]} AS "group", count(*), count(minutes) FILTER (minutes >= 0), median(minutes) FILTER (minutes >= 0),
                   quantile_cont(minutes, 0.9) FILTER (minutes >= 0)
            FROM joined GROUP BY ALL ORDER BY count(*) DESC, "group"
            """,  # noqa: S608
            [files, as_of, as_of],
        ).fetchall()
    return [Waiting(*row) for row in rows]
