"""What visitors do on the site: how far they come, where they leave, by which paths, and what those do next who left a checkout.

Sessions (`engine.signals.sessions`) are read from the stream once and kept beside the verdict; each figure opens to the known customers
behind it. Visitors whom nobody knows are counted, and said to be unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import duckdb
import pyarrow as pa
from django.conf import settings

from lakmus.engine.causes.difference import wilson
from lakmus.engine.signals.sessions import CHECKOUT, ORDERED, SESSION_COLUMNS, SESSIONS, SITE_KINDS, STEPS, VIEWED, sessions_of
from lakmus.history.estimate import Badge, Estimate, Finding, NotEnoughEvidence
from lakmus.history.failures import BadInput
from lakmus.history.wording import Wording
from lakmus.operations.company.queries import company_terms
from lakmus.runners.choosing import runner_at
from lakmus.usecases.asking import Conditions, ask
from lakmus.usecases.house.home import Home
from lakmus.usecases.kept_beside import kept_json, kept_table
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.signals.lay_out_people import PEOPLE
from lakmus.usecases.signals.show_cohorts import NO_GROUP

DAYS, MONTHS = 90, 13
"""The sessions of the last 90 days are told beside those of the 90 before; the months are for the picture."""
NEXT_DAYS, GONE_DAYS = 7, 30
NEEDED = 50
ROWS = 10
NO_SITE = Wording(
    "Что делают на сайте, не видно: в файлах нет ни визитов, ни просмотров, ни оформлений. Загрузите журнал сайта с временем и страницей.",
    "What visitors do on the site cannot be seen: no file holds visits, views or checkouts. Import a log of the site with time and page.",
)
FEW = Wording("Слишком мало сессий за это время.", "Too few sessions in this time.")
TITLE = Wording("Докуда доходят на сайте", "How far visitors come on the site")
REACHED = {
    "looked": Wording("зашли на сайт", "came to the site"),
    "viewed": Wording("смотрели товар", "looked at a product"),
    "checkout": Wording("дошли до корзины или оформления", "came to the basket or to checkout"),
    "ordered": Wording("заказали", "ordered"),
}
NEXT = {
    "bought": Wording("заказали за неделю", "ordered within a week"),
    "came_back": Wording("вернулись за месяц, но не заказали", "came back within a month and did not order"),
    "gone": Wording("за месяц не вернулись", "did not come back within a month"),
    "open": Wording("месяц ещё не прошёл", "the month is not over yet"),
}
LEFT = Wording("Бросили оформление за {days} дн.: {next}", "Left a checkout within {days} days: {next}")
CAME = Wording("За {days} дн. на сайте: {step}", "On the site within {days} days: {step}")
LEFT_PAGE = Wording("Ушли без заказа со страницы {page}", "Left without an order from the page {page}")
_NEXT_SQL = f"""CASE WHEN next_order_days <= {NEXT_DAYS} THEN 'bought' WHEN next_visit_days <= {GONE_DAYS} THEN 'came_back'
                     WHEN age_days < {GONE_DAYS} THEN 'open' ELSE 'gone' END"""
_LEFT_SQL = f"recent AND deepest = {CHECKOUT}"


@dataclass(frozen=True, slots=True)
class SiteStep:
    """How many sessions came at least so far in the last `DAYS` days and in those before; `customers`: the known ones among them.

    `onward`: share of the sessions of the step before that came so far, 0..1, `onward_before` the same of the days before.
    """

    code: str
    sessions: int
    sessions_before: int
    customers: int
    minutes: float | None
    onward: Finding | None
    onward_before: Finding | None


@dataclass(frozen=True, slots=True)
class SitePart:
    """Sessions with something in common (a last page, a path, a reason, what came next): how many, how many customers, share ordered."""

    code: str
    sessions: int
    customers: int
    minutes: float | None = None
    ordered_share: float | None = None


@dataclass(frozen=True, slots=True)
class SiteShown:
    """The page. `linked_share`: share of the sessions whose visitor is a known customer. `months`: month, sessions, those with a checkout,
    those with an order."""

    sessions: int
    linked_share: float | None
    steps: tuple[SiteStep, ...]
    left_checkout: Finding | None
    after_checkout: tuple[SitePart, ...]
    reasons: tuple[SitePart, ...]
    exits: tuple[SitePart, ...]
    paths: tuple[SitePart, ...]
    months: tuple[tuple[str, int, int, int], ...]
    shortage: NotEnoughEvidence | None = None


def show_site(home: Home, shown: Shown) -> SiteShown:
    """Return what visitors did on the site in the last `DAYS` days."""
    if not shown.learned.feeds.of(*SITE_KINDS).count:
        return _nothing(NotEnoughEvidence(NO_SITE, NEEDED, 0))
    kept = kept_json(shown, "site", lambda: _counted(home, shown))
    if kept["sessions"] < NEEDED:
        return _nothing(NotEnoughEvidence(FEW, NEEDED, kept["sessions"]))
    steps = tuple(_steps(kept["steps"]))
    checkouts, ordered = steps[CHECKOUT].sessions, steps[ORDERED].sessions
    return SiteShown(
        sessions=kept["sessions"],
        linked_share=kept["linked"] / kept["sessions"],
        steps=steps,
        left_checkout=_share(checkouts - ordered, checkouts),
        after_checkout=_told(kept["after_checkout"]),
        reasons=_told(kept["reasons"]),
        exits=_told(kept["exits"]),
        paths=_told(kept["paths"]),
        months=tuple((name, sessions, checkouts, orders) for name, sessions, checkouts, orders in kept["months"]),
    )


def site_conditions(home: Home, shown: Shown, asked: Mapping[str, str]) -> Conditions:
    """Return the known customers behind a figure: `step` (came at least so far), `next` (left a checkout, and then), `exit` (a last page).

    Raises
    ------
    BadInput : there is no such figure.
    """
    sql, parameters = _asked(asked)
    conditions = Conditions()
    # The clause is ours; what was typed stands in the parameters.
    conditions.add(f"rank IN (SELECT rank FROM read_parquet(?) WHERE {sql})", _sessions(home, shown), *parameters)  # noqa: S608
    return conditions


def site_told(asked: Mapping[str, str]) -> Wording:
    """Say in words who they are.

    Raises
    ------
    BadInput : there is no such figure.
    """
    _asked(asked)
    if asked.get("next"):
        return _filled(LEFT, next=NEXT[asked["next"]])
    if asked.get("exit"):
        return LEFT_PAGE.filled(page=asked["exit"])
    return _filled(CAME, step=REACHED[asked["step"]])


def _filled(said: Wording, **parts: Wording) -> Wording:
    texts = {}
    for language in ("ru", "en"):
        filled = {name: part.in_language(language) for name, part in parts.items()}
        texts[language] = said.in_language(language).format(days=DAYS, **filled)
    return Wording(texts["ru"], texts["en"])


def _asked(asked: Mapping[str, str]) -> tuple[str, list[Any]]:
    if asked.get("next") in NEXT:
        return f"{_LEFT_SQL} AND {_NEXT_SQL} = ?", [asked["next"]]
    if asked.get("step") in STEPS:
        return "recent AND deepest >= ?", [STEPS.index(asked["step"])]
    if asked.get("exit"):
        return f"recent AND deepest < {ORDERED} AND exit_page = ?", [asked["exit"]]
    raise BadInput("no_such_group", NO_GROUP)


def _nothing(shortage: NotEnoughEvidence) -> SiteShown:
    return SiteShown(0, None, (), None, (), (), (), (), (), shortage)


def _sessions(home: Home, shown: Shown) -> str:
    """The sessions of the last months with `rank` (in the table of people), `age_days`, and whether they are `recent` or just before."""

    def make(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
        since = shown.as_of - timedelta(days=31 * (MONTHS + 1))
        read = partial(sessions_of, since=since, as_of=shown.as_of)
        with runner_at(settings.LAKMUS_RUNNER) as over:
            parts = list(over(home.stream(), read, as_of=shown.as_of, columns=SESSION_COLUMNS))
        connection.register("seen", pa.concat_tables(parts) if parts else SESSIONS.empty_table())
        sql = f"""SELECT seen.*, rank, age_days < {DAYS} AS recent, age_days >= {DAYS} AND age_days < {2 * DAYS} AS before
                  FROM (SELECT *, epoch(?::TIMESTAMPTZ - started_at) / 86400 AS age_days FROM seen) seen
                  LEFT JOIN read_parquet(?) USING (customer) ORDER BY rank, visitor, started_at"""  # noqa: S608 - our own figures
        return connection.sql(sql, params=[shown.as_of, shown.table(PEOPLE)])

    return kept_table(shown, "sessions", make)


def _counted(home: Home, shown: Shown) -> dict[str, Any]:
    table = [_sessions(home, shown)]
    steps = ask(
        """SELECT deepest, count(*) FILTER (recent) AS sessions, count(*) FILTER (before) AS before,
                  median(minutes) FILTER (recent) AS minutes FROM read_parquet(?) GROUP BY 1""",
        table,
    )
    whole = {row["deepest"]: row for row in steps}
    people = [
        ask(f"SELECT count(DISTINCT rank) AS n FROM read_parquet(?) WHERE recent AND deepest >= {step}", table)[0]["n"]  # noqa: S608
        for step in range(len(STEPS))
    ]
    counted = ask("SELECT count(*) AS n, count(rank) AS linked FROM read_parquet(?) WHERE recent", table)[0]
    return {
        "sessions": counted["n"],
        "linked": counted["linked"],
        "steps": [
            {
                "sessions": sum(whole[deep]["sessions"] for deep in whole if deep >= step),
                "before": sum(whole[deep]["before"] for deep in whole if deep >= step),
                "minutes": whole[step]["minutes"] if step in whole else None,
                "customers": people[step],
            }
            for step in range(len(STEPS))
        ],
        "after_checkout": _parts(table, _NEXT_SQL, _LEFT_SQL),
        "reasons": _parts(table, "reason", f"{_LEFT_SQL} AND reason IS NOT NULL"),
        "exits": _parts(table, "exit_page", f"recent AND deepest < {ORDERED} AND exit_page IS NOT NULL"),
        "paths": _parts(table, "path", f"recent AND path <> '' AND deepest >= {VIEWED}"),
        "months": _months(table),
    }


def _parts(table: list[str], code: str, where: str) -> list[dict[str, Any]]:
    return ask(
        f"""SELECT {code} AS code, count(*) AS sessions, count(DISTINCT rank) AS customers, median(minutes) AS minutes,
                   avg((deepest = {ORDERED})::INTEGER) AS ordered_share
            FROM read_parquet(?) WHERE {where} GROUP BY 1 ORDER BY sessions DESC, code LIMIT {ROWS}""",  # noqa: S608 - our own columns
        table,
    )


def _months(table: list[str]) -> list[list[Any]]:
    sql = f"""SELECT strftime(timezone(?, started_at), '%Y-%m') AS month, count(*) AS n,
                     count(*) FILTER (deepest >= {CHECKOUT}) AS checkouts,
                     count(*) FILTER (deepest = {ORDERED}) AS orders FROM read_parquet(?) GROUP BY 1 ORDER BY 1"""  # noqa: S608
    return [list(row.values()) for row in ask(sql, [company_terms().time_zone, *table])][-MONTHS:]


def _told(kept: list[dict[str, Any]]) -> tuple[SitePart, ...]:
    return tuple(SitePart(**part) for part in kept)


def _steps(kept: list[dict[str, Any]]) -> list[SiteStep]:
    found = []
    for place, (code, row) in enumerate(zip(STEPS, kept, strict=True)):
        earlier = kept[place - 1] if place else None
        found.append(
            SiteStep(
                code,
                row["sessions"],
                row["before"],
                row["customers"],
                row["minutes"],
                _share(row["sessions"], earlier["sessions"]) if earlier else None,
                _share(row["before"], earlier["before"]) if earlier else None,
            )
        )
    return found


def _share(count: int, of: int) -> Finding:
    if of < NEEDED:
        return NotEnoughEvidence(FEW, NEEDED, of)
    return Estimate(*wilson(count, of), of, Badge.COUNTED)
