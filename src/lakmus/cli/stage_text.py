"""The answers of the stages for a person at a terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from lakmus.cli.voice import columns
from lakmus.history.wording import Wording
from lakmus.usecases.reports.words import SHORT_OF
from lakmus.usecases.writing import between, day, estimated_money, number, percent, points
from lakmus.usecases.writing import money as amount

Answer = dict[str, Any]
Written = Callable[[Answer, str], str]

STATES = {
    "warm": Wording("тёплый", "warm"),
    "cooling": Wording("остывает", "cooling"),
    "cold": Wording("холодный", "cold"),
    "lost": Wording("потерян", "lost"),
    "one_time": Wording("одна покупка", "one purchase"),
    "new": Wording("новый", "new"),
    "no_orders": Wording("без заказов", "no orders"),
    "unknown": Wording("ещё не было", "not there yet"),
    None: Wording("–", "–"),
}
NOBODY = Wording("Таких клиентов нет.", "There are no such customers.")
NO_ERRORS = Wording("Таких ошибок не найдено.", "No such errors were found.")
NOT_ENOUGH = Wording("мало данных: нужно {needed}, есть {available}", "too little data: {needed} needed, {available} there are")
NO_HARM = Wording("вреда не видно", "no harm seen")
NOT_MEASURED = Wording("не измеряется", "not measured")
RISK_HEAD = "клиент|имя|состояние|вероятность ухода|от – до|срок, дн.|без покупки, дн.|маржа за 12 мес."
RISK_HEAD_EN = "customer|name|state|probability|range|horizon, days|without a purchase, days|margin of 12 months"
ERRORS_HEAD = Wording("когда|ошибка|клиент|заказ|обращение|что случилось", "when|error|customer|order|case|what happened")
CAUSES_HEAD = Wording("ошибка|столкнулись|уходят чаще на|лишних уходов", "error|exposed|leave more often by|losses beyond usual")
MONEY_HEAD = Wording("клиент|имя|состояние|маржа за 12 мес.|потеряно", "customer|name|state|margin of 12 months|lost")
SIGNALS_HEAD = Wording("признак|клиентов|окно, дн.|что это", "signal|customers|window, days|what it is")
COUNTED = Wording("Сосчитаны клиенты в этих состояниях: {states}.", "Counted are customers in these states: {states}.")
ONE_HEAD = Wording("признак|сейчас|прошлый период|год назад|обычно|тревога", "signal|now|previous|a year ago|usual|warns")
LOSS = Wording(
    "Потери за 12 месяцев: {loss}. Маржа за 12 месяцев у оставшихся: {risk}.",
    "Lost in 12 months: {loss}. Margin of 12 months of those who stay: {risk}.",
)
UNTOUCHED = Wording("Не трогать:", "Leave alone:")
NO_PEOPLE = Wording("На этой неделе звонить некому.", "Nobody to call this week.")
PATH = Wording("Состояния, с какого дня, последнее сверху:", "States and since which day, the latest first:")
WARNS, NOTHING_SAID = Wording("да", "yes"), Wording("", "")
LISTED, NOT_LISTED = Wording("в списке", "on the list"), Wording("не в списке", "not on the list")


def risk(answer: Answer, language: str) -> str:
    """Return the table of risk."""
    rows = []
    for row in answer["customers"]:
        known = row["churn_probability"] is not None
        rows.append(
            [
                row["customer"],
                row["name"] or "",
                state_name(row["state"], language),
                percent(row["churn_probability"], language),
                f"{percent(row['low'], language)} – {percent(row['high'], language)}" if known else "",
                number(row["horizon_days"], language),
                number(row["days_since_last_order"], language),
                amount(row["value_at_risk"], language=language),
            ]
        )
    told = table(Wording(RISK_HEAD, RISK_HEAD_EN), rows, language, right=(3, 4, 5, 6, 7))
    return told or (why_not(answer["shortage"], language) if answer["shortage"] else said(NOBODY, language))


def errors(answer: Answer, language: str) -> str:
    """Return the table of service errors."""
    rows = [
        [
            day_of(row["at"], language),
            row["code"],
            row["customer"] or "",
            row["order"] or "",
            row["case"] or "",
            said(row["summary"], language),
        ]
        for row in answer["errors"]
    ]
    return table(ERRORS_HEAD, rows, language) or said(NO_ERRORS, language)


def causes(answer: Answer, language: str) -> str:
    """Return the table of differences by exposure."""
    rows = []
    for row in answer["effects"]:
        if not row["measured"]:
            rows.append([said(row["title"], language), "", said(NOT_MEASURED, language), said(row["not_measured"], language)])
            continue
        rows.append(
            [
                said(row["title"], language),
                number(row["exposed"], language),
                finding(row["effect"], language, points),
                finding(row["customers_lost"], language, lambda figure, language: number(figure, language)),
            ]
        )
    return table(CAUSES_HEAD, rows, language, right=(1,))


def money(answer: Answer, language: str) -> str:
    """Return what losses cost, and with whom."""
    currency = answer["currency"]
    if "point" in answer["loss"]:
        risk = amount(answer["value_at_risk"], currency, language)
        lines = [said(LOSS, language).format(loss=cost(answer["loss"], currency, language), risk=risk)]
        # Errors of which no file tells anything would be a dozen equal lines; they stand in `lakmus causes`.
        told = [row for row in answer["errors"] if "point" in row["money"] or row["money"]["available"]]
        lines += [f"  {said(row['title'], language)}: {cost(row['money'], currency, language)}" for row in told]
    else:
        lines = [why_not(answer["loss"], language)]
    rows = [
        [row["customer"], row["name"] or "", state_name(row["state"], language)]
        + [amount(row[name] or None, currency, language) for name in ("value_at_risk", "lost_value")]
        for row in answer["customers"]
    ]
    return "\n".join([*lines, "", table(MONEY_HEAD, rows, language, right=(3, 4))])


def _named(one: Mapping[str, Any]) -> str:
    return f"{one['name']} [{one['customer']}]" if one["name"] else str(one["customer"])


def measures(answer: Answer, language: str) -> str:
    """Return Monday's list with its drafts, and whom to leave alone."""
    lines = []
    for place, person in enumerate(answer["people"], 1):
        reasons = "; ".join(said(reason, language) for reason in person["reasons"])
        lines += [
            f"{place}. {_named(person)}: {said(person['next_step'], language)}",
            f"   {amount(person['money_at_stake'], language=language)}, {percent(person['churn']['point'], language)}; {reasons}",
            f"   {said(person['draft'], language)}",
        ]
    for told in answer.get("lists", ()):
        lines += ["", f"{said(told['title'], language)}: {said(LISTED if told['listed'] else NOT_LISTED, language)}"]
        lines += [
            f"  {'✓' if one['met'] else '✗'} {said(one['title'], language)}: {said(one['told'], language)}" for one in told["conditions"]
        ]
    if not lines:
        lines.append(why_not(answer["shortage"], language) if answer["shortage"] else said(NO_PEOPLE, language))
    if answer["do_not_touch"]:
        lines += ["", said(UNTOUCHED, language)]
        lines += [f"  {_named(one)}: {said(one['reason'], language)}" for one in answer["do_not_touch"]]
    return "\n".join(lines)


def signals(answer: Answer, language: str) -> str:
    """Return the signals of all customers, or of the one asked about."""
    if any("now" in row for row in answer["signals"]):
        rows = []
        for row in answer["signals"]:
            figures = [number(row[name], language, digits=1) for name in ("now", "previous", "year_ago", "usual")]
            last = WARNS if row["warns"] else NOTHING_SAID if row["measured"] else NOT_MEASURED
            rows.append([said(row["title"], language), *figures, said(last, language)])
        path = [f"  {state_name(one['state'], language)} {day_of(one['since'], language)}" for one in answer.get("path", ())]
        return "\n".join([table(ONE_HEAD, rows, language, right=(1, 2, 3, 4)), *(["", said(PATH, language), *path] if path else [])])
    rows = [
        [
            said(row["title"], language),
            number(row["customers"], language) if row["measured"] else said(NOT_MEASURED, language),
            number(row["window_days"], language),
            said(row["definition"], language),
        ]
        for row in answer["signals"]
    ]
    counted = said(COUNTED, language).format(states=", ".join(state_name(state, language) for state in answer["states"]))
    return "\n".join([table(SIGNALS_HEAD, rows, language, right=(1, 2)), "", counted])


def proof(answer: Answer, language: str) -> str:
    """Return what is proved, or that nothing is."""
    return said(answer["reading"], language)


def state_name(state: str | None, language: str) -> str:
    """Return a customer's state in words."""
    return STATES[state].in_language(language)


def finding(found: Answer, language: str, unit: Callable[..., str] = number) -> str:
    """Return an estimate with its interval, or what is missing for one."""
    if "point" not in found:
        return said(NOT_ENOUGH, language).format(needed=found["needed"], available=found["available"])
    low, high = unit(found["low"], language), unit(found["high"], language)
    return f"{unit(found['point'], language)} ({between(low, high, language)})"


def why_not(shortage: Answer, language: str) -> str:
    """Return why something cannot be said: the reason, and what is needed beside what there is."""
    reason = shortage["reason"]
    needed = SHORT_OF.filled(needed=shortage["needed"], available=shortage["available"])
    return f"{reason if isinstance(reason, str) else said(reason, language)} {said(needed, language)}"


def cost(found: Answer, currency: str, language: str) -> str:
    """Return an amount with its interval, rounded to what the interval supports; where it holds zero no harm is seen."""
    if "point" not in found:
        return finding(found, language)
    if found["low"] <= 0:
        return said(NO_HARM, language)
    return "{} ({})".format(*estimated_money(found["point"], found["low"], found["high"], currency, language))


def table(head: Wording, rows: list[list[str]], language: str, *, right: tuple[int, ...] = ()) -> str:
    """Return rows under a head whose parts are set apart by |, the columns `right` to the right; nothing without rows."""
    return columns([head.in_language(language).split("|"), *rows], right=right) if rows else ""


def said(wording: Any, language: str) -> str:
    """Return a wording, or its JSON form, in one language."""
    return wording.in_language(language) if isinstance(wording, Wording) else str(wording[language])


def day_of(at: datetime | str, language: str) -> str:
    """Return the day of a moment or of its ISO form."""
    return day(datetime.fromisoformat(at) if isinstance(at, str) else at, language)
