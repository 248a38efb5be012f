"""Why a customer was, or was not, on a list on a day: each condition of the list with its figure, met or not.

The lists are those of the pages: who is cooling (`engine.risk.states`), and whom to call on Monday (`engine.measures.people`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lakmus.engine.errors.catalogue import ERROR_CODES
from lakmus.engine.measures.people import LIST_LENGTH, REASONS, RECENT_ERROR_DAYS, WEIGHTY
from lakmus.engine.risk.states import COLD, COOLING, COOLING_CAP, LOST, MANY_LAMPS, WARM
from lakmus.engine.verdict import Verdict
from lakmus.history.wording import Wording
from lakmus.usecases.writing import day, money, number, percent

LIVING = (WARM, COOLING, COLD)
TITLES = {
    "cooling": Wording("Кто остывает", "Who is cooling"),
    "monday": Wording("Кому позвонить в понедельник", "Whom to call on Monday"),
}
REGULAR = Wording("покупал хотя бы в два разных дня", "bought on at least two different days")
KNOWN = Wording("известно, после какого перерыва клиент потерян", "it is known after which silence a customer is lost")
SILENT = Wording("молчит дольше, чем обычно для него, или погасли две лампы", "silent longer than is usual for them, or two lamps are out")
NOT_LOST = Wording("ещё не потерян", "not lost yet")
ALIVE = Wording("не потерян, и у него есть ритм покупок", "not lost, and has a rhythm of purchases")
REASON = Wording("есть повод: остывает, или наша ошибка за 90 дней", "there is a reason: cooling, or an error of ours within 90 days")
WORTH = Wording("есть что терять: маржа за год", "there is something to lose: a year's margin")
SAID = Wording("вероятность ухода известна", "the probability of leaving is known")
FREE = Wording("ничто не велит его не трогать", "nothing says to leave them alone")
AMONG = Wording("среди {most}, у кого под угрозой больше всего", "among the {most} with most at risk")
DAYS_BOUGHT = Wording("дней с покупкой: {count}", "days with a purchase: {count}")
SILENCE = Wording(
    "молчит {silent} дн., предел {limit} дн.; погасло ламп: {lamps}", "silent for {silent} days, limit {limit}; lamps out: {lamps}"
)
OF_HORIZON = Wording("молчит {silent} дн. из {horizon}", "silent for {silent} of {horizon} days")
SINCE = Wording("потерян {day}", "lost on {day}")
STATE = {
    "new": Wording("новый: второй покупки ещё нет", "new: no second purchase yet"),
    "one_time": Wording("купил один раз", "bought once"),
    "no_orders": Wording("ничего не заказывал", "never ordered"),
    WARM: Wording("тёплый", "warm"),
    COOLING: Wording("остывает", "cooling"),
    COLD: Wording("холодный", "cold"),
    LOST: Wording("потерян", "lost"),
}
NO_STATE = Wording("сказать нельзя", "cannot be said")
NONE = Wording("нет", "none")
FREE_TOLD = Wording("можно звонить", "may be called")
AT_STAKE = Wording("под угрозой {own}; у последнего в списке {last}", "{own} at risk; the last on the list has {last}")
NOT_FULL = Wording("под угрозой {own}; в списке есть место", "{own} at risk; the list has room")


@dataclass(frozen=True, slots=True)
class ListCondition:
    """One condition of a list: what is asked, the customer's figure, whether it is met."""

    title: Wording
    told: Wording
    met: bool


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """Whether a customer is on a list, and each of its conditions; on it are those who meet all."""

    code: str
    title: Wording
    listed: bool
    conditions: tuple[ListCondition, ...]


def list_answers(
    row: Mapping[str, Any],
    errors: Sequence[Mapping[str, Any]],
    verdict: Verdict,
    *,
    alone: str | None,
    horizon_days: int | None,
    as_of: datetime,
    time_zone: str,
) -> tuple[ListAnswer, ...]:
    """Return why a customer is on each list, or is not.

    Parameters
    ----------
    row, errors : the customer's rows of the verdict's tables. alone : why they must not be called, by code; None for nobody's reason.
    horizon_days : their own horizon of loss.
    """
    cooling = _cooling(row, horizon_days, time_zone)
    monday = _monday(row, errors, verdict, alone=alone, as_of=as_of, time_zone=time_zone)
    return tuple(
        ListAnswer(code, TITLES[code], all(one.met for one in conditions), conditions)
        for code, conditions in (("cooling", cooling), ("monday", monday))
    )


def _cooling(row: Mapping[str, Any], horizon_days: int | None, time_zone: str) -> tuple[ListCondition, ...]:
    bought = row["purchase_days_count"]
    regular = ListCondition(REGULAR, DAYS_BOUGHT.filled(count=bought), bought >= 2)
    if horizon_days is None:
        return regular, ListCondition(KNOWN, NO_STATE, False)
    lost = row["state"] == LOST
    if row["last_order_at"] is None:
        return regular, ListCondition(SILENT, NONE, False), ListCondition(NOT_LOST, _state(row), not lost)
    silent, lamps = row["days_since_last_order"], [lamp for lamp in row["lamps_out"] or () if lamp != "orders"]
    limit = min(row["gap_p90_days"] if row["gap_p90_days"] is not None else horizon_days, COOLING_CAP * horizon_days)
    told = SILENCE.filled(silent=_number(silent), limit=_number(limit), lamps=len(lamps))
    met = silent >= limit or len(lamps) >= MANY_LAMPS
    return regular, ListCondition(SILENT, told, met), ListCondition(NOT_LOST, _loss(row, silent, horizon_days, time_zone), not lost)


def _loss(row: Mapping[str, Any], silent: float, horizon_days: int, time_zone: str) -> Wording:
    if row["state"] == LOST and row["lost_at"] is not None:
        return SINCE.filled(day=_day(row["lost_at"], time_zone))
    return OF_HORIZON.filled(silent=_number(silent), horizon=horizon_days)


def _monday(
    row: Mapping[str, Any],
    errors: Sequence[Mapping[str, Any]],
    verdict: Verdict,
    *,
    alone: str | None,
    as_of: datetime,
    time_zone: str,
) -> tuple[ListCondition, ...]:
    state, worth, chance = row["state"], row["value_at_risk"], row["churn_probability"]
    recent = [error for error in errors if error["code"] in WEIGHTY and error["at"] > as_of - timedelta(days=RECENT_ERROR_DAYS)]
    reason = _state(row)
    if recent and state not in (COOLING, COLD):
        latest = max(recent, key=lambda error: error["at"])
        title, at = ERROR_CODES[latest["code"]].title, _day(latest["at"], time_zone)
        reason = Wording(f"{title.ru}, {at.ru}", f"{title.en}, {at.en}")
    currency = verdict.currency
    stake = round(worth * chance, 2) if worth is not None and chance is not None else None
    return (
        ListCondition(ALIVE, _state(row), state in LIVING),
        ListCondition(REASON, reason, state in (COOLING, COLD) or bool(recent)),
        ListCondition(WORTH, _money(worth, currency), worth is not None and worth > 0),
        ListCondition(SAID, _percent(chance), chance is not None),
        ListCondition(FREE, FREE_TOLD if alone is None else REASONS[alone], alone is None),
        ListCondition(AMONG.filled(most=LIST_LENGTH), *_among(row["customer"], stake, verdict)),
    )


def _among(customer: str, stake: float | None, verdict: Verdict) -> tuple[Wording, bool]:
    """Return what is at stake beside the last of the list, and whether the list would have the customer."""
    own, people = _money(stake, verdict.currency), verdict.people
    if len(people) < LIST_LENGTH:
        return NOT_FULL.filled(own=own), stake is not None
    last = people[-1]
    told = AT_STAKE.filled(own=own, last=_money(last.money_at_stake, verdict.currency))
    return told, stake is not None and (-stake, customer) <= (-last.money_at_stake, last.customer)


def _state(row: Mapping[str, Any]) -> Wording:
    return STATE.get(row["state"], NO_STATE)


def _day(at: datetime, time_zone: str) -> Wording:
    return Wording(*(day(at, language, time_zone=time_zone) for language in ("ru", "en")))


def _number(figure: float) -> Wording:
    return Wording(*(number(figure, language) for language in ("ru", "en")))


def _money(amount: float | None, currency: str) -> Wording:
    return NONE if amount is None else Wording(*(money(amount, currency, language) for language in ("ru", "en")))


def _percent(share: float | None) -> Wording:
    return NONE if share is None else Wording(*(percent(share, language) for language in ("ru", "en")))
