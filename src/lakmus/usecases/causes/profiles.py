"""A checklist of profiles at risk: kinds of customers who are lost easily; how many there are, how likely they leave, what is at stake.

The profiles are those of the articles, written as rules on facts. Nothing was tuned: whether one is at more risk than the others here is
what the probability beside it says. A customer may have several; whoever is lost already has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from lakmus.history.estimate import Badge, Estimate, Finding, NotEnoughEvidence
from lakmus.history.failures import BadInput
from lakmus.history.wording import Wording
from lakmus.usecases.asking import Conditions, ask
from lakmus.usecases.causes.avoidable import contacts_table
from lakmus.usecases.house.home import Home
from lakmus.usecases.kept_beside import kept_table
from lakmus.usecases.show_verdict import Shown

NEEDED = 20
KEYS = ("profile",)
FEW = Wording("мало таких клиентов, о риске которых известно", "few such customers whose risk is known")
NO_PROFILE = Wording(
    "Такого портрета нет. Ничего не изменилось; откройте список портретов заново.",
    "There is no such profile. Nothing was changed; open the list of profiles again.",
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One profile: its title, what it means in words, and its condition on a row of `_joined` (our own SQL; `$as_of` is the moment)."""

    title: Wording
    meaning: Wording
    sql: str


RULES: dict[str, Rule] = {
    "new_after_error": Rule(
        Wording("новый клиент после первой ошибки", "new customer after the first error"),
        Wording("первая покупка меньше 90 дней назад, и мы уже ошиблись", "first purchase within 90 days, and we already erred"),
        "first_order_at > $as_of - INTERVAL 90 DAY AND errors_count > 0",
    ),
    "error_in_silence": Rule(
        Wording("столкнулся с ошибкой и промолчал", "met with an error and said nothing"),
        Wording("ошибка за последние 90 дней, ни жалобы, ни плохого отзыва", "an error within 90 days, no complaint and no bad review"),
        "last_error_at > $as_of - INTERVAL 90 DAY AND complaints_count = 0 AND negative_reviews_count = 0",
    ),
    "errors_again": Rule(
        Wording("ошибки одна за другой", "one error after another"),
        Wording("две ошибки или больше за последние 90 дней", "two errors or more within the last 90 days"),
        "coalesce(lately, 0) >= 2",
    ),
    "many_contacts": Rule(
        Wording("много обращений", "many contacts"),
        Wording("три обращения или больше за последние 90 дней", "three contacts or more within the last 90 days"),
        "coalesce(contacts, 0) >= 3",
    ),
    "never_spoken_to": Rule(
        Wording("давний клиент, с которым не общались", "long-standing customer nobody spoke with"),
        Wording(
            "покупает больше года, три дня покупок или больше, за год ни одного разговора",
            "buys for more than a year, on three days or more, and not one conversation within a year",
        ),
        """first_order_at <= $as_of - INTERVAL 365 DAY AND purchase_days_count >= 3
           AND (last_contact_at IS NULL OR last_contact_at <= $as_of - INTERVAL 365 DAY)""",
    ),
    "frozen": Rule(
        Wording("замёрзшие отношения", "frozen relationship"),
        Wording("общались, но последний разговор был больше 180 дней назад", "we used to talk, the last time more than 180 days ago"),
        "list_contains(reasons, 'days_since_contact')",
    ),
    "praise_only": Rule(
        Wording("хвалит, но не пользуется", "praises, but does not use"),
        Wording("только похвала, без вопросов, и покупает всё реже", "praise only, no questions, and buys less and less"),
        "list_contains(reasons, 'praise_only')",
    ),
    "gone_dark": Rule(
        Wording("погасло несколько ламп", "several lamps went out"),
        Wording("замолчали сразу по двум направлениям или больше: заказы, визиты, разговоры, баллы", "silent in two ways or more at once"),
        "len(lamps_out) >= 2",
    ),
}
TABLE = "profiles"
_JOINED = """
WITH erred AS (SELECT customer, count(*) AS lately FROM read_parquet($errors)
               WHERE "at" > $as_of - INTERVAL 90 DAY AND "at" <= $as_of GROUP BY customer),
contacts AS (SELECT customer, count(*) AS contacts FROM read_parquet($contacts) WHERE "at" > $as_of - INTERVAL 90 DAY GROUP BY customer),
joined AS (SELECT customers.*, lately, contacts FROM read_parquet($customers) AS customers
           LEFT JOIN erred USING (customer) LEFT JOIN contacts USING (customer) WHERE coalesce(state, '') NOT IN ('lost', 'no_orders'))
"""


@dataclass(frozen=True, slots=True)
class Profile:
    """One profile: how many living customers have it, their mean probability of leaving (0..1), and money.

    `value`: their margin of 12 months if all stay; `expected`: the part of it that is lost by their probabilities.
    """

    code: str
    title: Wording
    meaning: Wording
    customers: int
    risk: Finding
    value: float
    expected: float


@dataclass(frozen=True, slots=True)
class Checklist:
    """All profiles, those first of which most money is expected to go, and the living customers as a whole to hold them against."""

    rows: tuple[Profile, ...]
    whole: Profile


def show_profiles(home: Home, shown: Shown) -> Checklist:
    """Return the checklist."""
    sums = """count(*) AS customers, count(churn_probability) AS known, avg(churn_probability) AS point, avg(churn_low) AS low,
              avg(churn_high) AS high, coalesce(sum(value_at_risk), 0) AS value,
              coalesce(sum(value_at_risk * churn_probability), 0) AS expected"""
    people = "SELECT customer, churn_probability, churn_low, churn_high, value_at_risk FROM read_parquet(?)"
    each = f"SELECT profile, {sums} FROM read_parquet(?) JOIN ({people}) USING (customer) GROUP BY profile"  # noqa: S608 - our own text
    found = {row.pop("profile"): row for row in ask(each, [_members(home, shown), shown.table("customers")])}
    everybody = f"SELECT {sums} FROM read_parquet(?) WHERE coalesce(state, '') NOT IN ('lost', 'no_orders')"  # noqa: S608
    rows = [_profile(code, rule.title, rule.meaning, found[code]) for code, rule in RULES.items() if code in found]
    rows += [Profile(code, RULES[code].title, RULES[code].meaning, 0, _few(0), 0.0, 0.0) for code in RULES if code not in found]
    living = Wording("все, кто ещё с нами", "everybody who is still with us")
    whole = _profile("", living, living, ask(everybody, [shown.table("customers")])[0])
    return Checklist(tuple(sorted(rows, key=lambda row: (-row.expected, row.code))), whole)


def profile_conditions(home: Home, shown: Shown, asked: Mapping[str, str]) -> Conditions:
    """Return which customers have a profile.

    Raises
    ------
    BadInput : there is no such profile.
    """
    profile_told(asked)
    conditions = Conditions()
    conditions.add("customer IN (SELECT customer FROM read_parquet(?) WHERE profile = ?)", _members(home, shown), asked["profile"])
    return conditions


def profile_told(asked: Mapping[str, str]) -> Wording:
    """Say in words which customers these are.

    Raises
    ------
    BadInput : there is no such profile.
    """
    rule = RULES.get(asked.get("profile", ""))
    if rule is None:
        raise BadInput("profile_unknown", NO_PROFILE)
    return Wording(f"{rule.title.ru}: {rule.meaning.ru}", f"{rule.title.en}: {rule.meaning.en}")


def _profile(code: str, title: Wording, meaning: Wording, row: dict[str, Any]) -> Profile:
    known = row["known"]
    risk: Finding = _few(known)
    if known >= NEEDED:
        low, high = (row[end] if row[end] is not None else row["point"] for end in ("low", "high"))
        risk = Estimate(row["point"], min(low, row["point"]), max(high, row["point"]), known, Badge.ADJUSTED)
    return Profile(code, title, meaning, row["customers"], risk, round(row["value"], 2), round(row["expected"], 2))


def _few(known: int) -> NotEnoughEvidence:
    return NotEnoughEvidence(FEW, NEEDED, known)


def _members(home: Home, shown: Shown) -> str:
    each = " UNION ALL ".join(f"SELECT customer, '{code}' AS profile FROM joined WHERE {rule.sql}" for code, rule in RULES.items())  # noqa: S608
    tables = {"errors": shown.table("errors"), "contacts": contacts_table(home, shown), "customers": shown.table("customers")}

    def made(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
        return connection.sql(f"{_JOINED} {each}", params={"as_of": shown.as_of, **tables})

    return kept_table(shown, TABLE, made)
