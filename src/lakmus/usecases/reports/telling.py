"""From the verdict to sentences: the one place where the report's figures are written out."""

from __future__ import annotations

from datetime import date

from lakmus.engine.verdict import Chip, Person, Verdict
from lakmus.history.company import Company
from lakmus.history.estimate import Estimate, NotEnoughEvidence
from lakmus.history.wording import Wording
from lakmus.usecases import writing
from lakmus.usecases.charts import MonthOfLoss, litmus_strip, lost_by_month
from lakmus.usecases.reports import words
from lakmus.usecases.reports.findings import shortage, told_errors
from lakmus.usecases.reports.label import coverage_lines, definition_lines, unknown_lines
from lakmus.usecases.reports.told import Line, Told, ToldPerson
from lakmus.usecases.writing import about_money, between, counted, day, estimated_money, number, percent

SHOWN_CHIPS = 3


def tell(verdict: Verdict, *, time_zone: str, language: str = "ru") -> Told:
    """Return the whole report in `language` ("ru" or "en"), days on the calendar of the company's `time_zone`."""

    def said(wording: Wording) -> str:
        return wording.in_language(language)

    as_of = said(words.AS_OF.filled(day=day(verdict.as_of, language, time_zone=time_zone)))
    people = tuple(_person(person, verdict, time_zone, language) for person in verdict.people)
    headline, headline_range = _headline(verdict, language)
    lead = _lead(verdict, language)
    heard = verdict.customers.lost_silently is not None
    months = [MonthOfLoss(date(int(row.month[:4]), int(row.month[5:7]), 1), row.visible, row.silent) for row in verdict.months]
    return Told(
        language=language,
        title=said(words.TITLE),
        as_of=as_of if verdict.company == Company().name else f"{verdict.company} · {as_of}",
        headline=headline,
        headline_range=headline_range,
        lead=lead,
        counts=_counts(verdict, language),
        months_title=said(words.MONTHS),
        months_hint=said(words.MONTHS_HINT if heard else words.MONTHS_UNHEARD),
        months_picture=lost_by_month(months, language, heard=heard),
        months=tuple(_month(row, language, heard) for row in months),
        months_head=(said(words.MONTH), said(words.VISIBLE if heard else words.GONE), said(words.SILENT)),
        silent_to_vocal=_silent_to_vocal(verdict, language),
        belief_title=said(words.BELIEF),
        belief=shortage(verdict.backtest.shortage, language) if verdict.backtest.shortage else said(verdict.backtest.words),
        errors_title=said(words.ERRORS),
        errors_hint=f"{said(words.ERRORS_HINT)} {said(verdict.margin_note)}",
        errors=told_errors(verdict.errors, verdict.currency, language, already=lead),
        no_errors=said(words.NO_ERRORS if any(error.measured for error in verdict.errors) else words.NO_DETECTORS),
        people_title=said(words.PEOPLE),
        people_hint=said(words.PEOPLE_HINT.filled(people=counted(len(people), writing.PEOPLE, language))) if people else "",
        people=people,
        no_people=said(words.NO_RHYTHM if verdict.customers.lost is None else words.NO_PEOPLE),
        people_head=(said(words.WHO), said(words.SCALE), said(words.HAPPENED), said(words.STAKE), said(words.STEP)),
        untouched_title=said(words.UNTOUCHED),
        untouched=tuple(Line(one.name or one.customer, said(one.reason)) for one in verdict.do_not_touch),
        coverage_title=said(words.COVERAGE),
        coverage=coverage_lines(verdict, language),
        unknown_title=said(words.UNKNOWN),
        unknown=unknown_lines(verdict, language),
        definition_title=said(words.DEFINITION),
        definition=definition_lines(verdict, language, time_zone),
    )


def _month(row: MonthOfLoss, language: str, heard: bool) -> tuple[str, str, str]:
    if not heard:
        return writing.month(row.month, language, with_year=True), number(row.vocal + row.silent, language), writing.NOTHING
    return writing.month(row.month, language, with_year=True), number(row.vocal, language), number(row.silent, language)


def _headline(verdict: Verdict, language: str) -> tuple[str, str]:
    """Return the answer as one sentence, and the interval of the money in it."""
    lost, everybody = verdict.customers.lost, verdict.customers.eligible
    if lost is None:
        return words.TOO_LITTLE.in_language(language), ""
    whole = number(everybody, language)
    if not lost:
        return words.NOBODY_LEFT.filled(all=whole).in_language(language), ""
    verb = writing.plural(lost, "ушёл", "ушли", "ушли")
    sentence = words.LEFT.filled(verb=verb, customers=counted(lost, writing.CUSTOMERS, language), all=whole).in_language(language)
    if verdict.customers.lost_silently:
        sentence += words.SILENTLY.filled(silent=number(verdict.customers.lost_silently, language)).in_language(language)
    if isinstance(verdict.loss, Estimate):
        loss = verdict.loss
        money, span = estimated_money(loss.point, loss.low, loss.high, verdict.currency, language)
        return sentence + words.THAT_IS.filled(money=money).in_language(language), span
    return sentence, ""


def _lead(verdict: Verdict, language: str) -> tuple[str, ...]:
    lead = [verdict.definition.text.in_language(language)]
    if isinstance(verdict.definition.horizon, NotEnoughEvidence):
        lead.append(shortage(verdict.definition.horizon, language))
    for excluded in verdict.definition.excluded:
        if excluded.code == "one_time" and excluded.count:
            lead.append(words.ONE_TIME.filled(count=number(excluded.count, language)).in_language(language))
    return tuple(lead)


def _counts(verdict: Verdict, language: str) -> tuple[Line, ...]:
    customers, orders = verdict.customers, verdict.orders
    by_contract = verdict.definition.basis == "contract"  # nobody cools by silence, and there may be no orders at all
    figures = [
        (words.KNOWN, customers.known),
        (words.ACTIVE, customers.active),
        (words.COOLING, None if by_contract else customers.cooling),
        (words.COLD, None if by_contract else customers.cold),
        (words.LOST, customers.lost),
        (words.LOST_SILENTLY, customers.lost_silently),
        (words.ORDERS, None if by_contract and not orders.count else orders.count),
    ]
    lines = [Line(title.in_language(language), number(count, language)) for title, count in figures if count is not None]
    if orders.count or not by_contract:
        lines.append(Line(words.REVENUE.in_language(language), writing.money(orders.revenue, verdict.currency, language, digits=2)))
    if orders.with_promise:
        late = words.LATE_OF.filled(late=number(orders.late, language), all=number(orders.with_promise, language))
        lines.append(Line(words.LATE.in_language(language), late.in_language(language)))
    if customers.lost and not by_contract:
        unclear = max(0, customers.lost - verdict.abrupt - verdict.gradual)
        shapes = {"abrupt": verdict.abrupt, "gradual": verdict.gradual, "unclear": unclear}
        told = words.SHAPES_OF.filled(**{name: number(count, language) for name, count in shapes.items()})
        lines.append(Line(words.SHAPES.in_language(language), told.in_language(language)))
    if customers.active and verdict.value_at_risk is not None:
        lines.append(Line(words.AT_RISK.in_language(language), about_money(verdict.value_at_risk, verdict.currency, language)))
    return tuple(lines)


def _silent_to_vocal(verdict: Verdict, language: str) -> str:
    ratio = verdict.silent_to_vocal
    if isinstance(ratio, NotEnoughEvidence):
        return shortage(ratio, language)
    span = between(number(ratio.low, language, digits=1), number(ratio.high, language, digits=1), language)
    return words.SILENT_TO_VOCAL.filled(k=number(ratio.point, language, digits=1), range=span).in_language(language)


def _person(person: Person, verdict: Verdict, time_zone: str, language: str) -> ToldPerson:
    orders = counted(person.orders_count, writing.ORDERS, language)
    since = orders
    if person.known_since:
        first = writing.local_day(person.known_since, time_zone)
        known = words.SINCE if person.orders_count else words.CUSTOMER_SINCE
        since = known.filled(month=writing.month(first, language, with_year=True), orders=orders).in_language(language)
    churn = person.churn
    chance = words.CHANCE.filled(
        point=percent(churn.point, language),
        days=counted(person.horizon_days, writing.DAYS, language),
        low=number(churn.low * 100, language),
        high=percent(churn.high, language),
    )
    return ToldPerson(
        customer=person.customer,
        name=person.name or person.customer,
        since=since,
        strip=litmus_strip(churn.point, language, low=churn.low, high=churn.high),
        chance=chance.in_language(language),
        happened=tuple(_chip(chip, time_zone, language) for chip in person.happened[:SHOWN_CHIPS]),
        reasons=tuple(reason.in_language(language) for reason in person.reasons),
        at_stake=about_money(person.money_at_stake, verdict.currency, language),
        step=person.next_step.in_language(language),
        draft=person.draft.in_language(language),
    )


def _chip(chip: Chip, time_zone: str, language: str) -> str:
    title = chip.title.in_language(language)
    if chip.at:
        title = words.CHIP.filled(day=day(chip.at, language, time_zone=time_zone), title=title).in_language(language)
    return title + (words.QUOTE.filled(quote=chip.quote).in_language(language) if chip.quote else "")
