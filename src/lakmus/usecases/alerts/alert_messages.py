"""What is written to people and to programs about alerts: figures of segments and a link. Nothing of any one customer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from lakmus.connectors.webhook import cloud_event
from lakmus.history.wording import Wording
from lakmus.operations.alerts.models import ToldAlert
from lakmus.operations.company.queries import company_terms
from lakmus.usecases.alerts.show_alerts import MEASURES, segment_told
from lakmus.usecases.alerts.theme_bursts import BURST, texts_asked
from lakmus.usecases.texts.label_texts import code_titles
from lakmus.usecases.writing import counted, day, number, percent

RAISED, TEST = "lakmus.alert.raised", "lakmus.alert.test"
SOURCE = "urn:lakmus:alerts"
NEAREST_SITE = "http://localhost:8000"
GROUP, THEMES = "/signals/customers/", "/causes/topics/"
ALERTS = ("изменение", "изменения", "изменений", "change", "changes")

SUBJECT = Wording("{company}: {alerts} сверх сезона и случая", "{company}: {alerts} beyond season and chance")
OPENING = Wording(
    "С прошлого письма найдено: {alerts}. Каждое открывается до клиентов или текстов, которые за ним стоят; нужен вход в Лакмус.",
    "Found since the last letter: {alerts}. Each opens to the customers or texts behind it; you need to log in to Lakmus.",
)
LINE = Wording(
    "{measure}, {where}: {sign}{change} за {days} дн. до {day}\n  было {seen}, ожидалось {due}\n  {link}",
    "{measure}, {where}: {sign}{change} in {days} days up to {day}\n  {seen} seen, {due} expected\n  {link}",
)
BURST_LINE = Wording(
    "Вдруг больше пишут: {theme}. За {days} дн. до {day} текстов {seen}, обычно {due}\n  {link}",
    "Suddenly more is written about: {theme}. {seen} texts in {days} days up to {day}, where {due} are usual\n  {link}",
)
CLOSING = Wording(
    "Все изменения и правила: {link}\nПолучателей меняет владелец или администратор: {settings}",
    "All changes and the rules: {link}\nThe owner or an administrator changes who gets this: {settings}",
)
TEST_SUBJECT = Wording("{company}: проверка рассылки Лакмуса", "{company}: a test of Lakmus's mail")
TEST_BODY = Wording(
    "Это проверка: письма об изменениях будут приходить на этот адрес, не чаще одного в день.\n\n{link}\n",
    "This is a test: letters about changes will come to this address, one a day at most.\n\n{link}\n",
)


def link_behind(alert: ToldAlert, *, site: str) -> str:
    """Return the address of the page that lists the customers behind an alert, or the texts of a burst."""
    if alert.rule == BURST:
        return f"{_site(site)}{THEMES}{alert.segment}/?{urlencode(texts_asked(alert))}"
    named = {name: getattr(alert, name) for name in ("measure", "dimension", "segment", "window_days", "direction")}
    return f"{_site(site)}{GROUP}?{urlencode({'of': 'alert', **named, 'until': alert.until.astimezone(UTC).isoformat()})}"


def alert_event(alert: ToldAlert, *, message_id: str, site: str) -> str:
    """Return the message to a program about one alert, as a CloudEvent."""
    content = {
        "rule": alert.rule,
        "measure": alert.measure,
        "dimension": alert.dimension,
        "segment": alert.segment,
        "direction": alert.direction,
        "since": (alert.until - timedelta(days=alert.window_days)).astimezone(UTC).isoformat(),
        "until": alert.until.astimezone(UTC).isoformat(),
        "observed": alert.observed,
        "expected": round(alert.expected, 3),
        "change": round(alert.change, 6),
        "p_value": alert.p_value,
        "texts" if alert.rule == BURST else "customers": link_behind(alert, site=site),
    }
    subject = f"{alert.measure}/{alert.dimension}/{alert.segment}"
    return cloud_event(message_id=message_id, kind=RAISED, source=SOURCE, subject=subject, at=alert.found_at, content=content)


def test_event(*, message_id: str, at: datetime, site: str) -> str:
    """Return a message to a program that says nothing but that messages come."""
    return cloud_event(
        message_id=message_id, kind=TEST, source=SOURCE, subject="test", at=at, content={"alerts": f"{_site(site)}/signals/alerts/"}
    )


def digest(alerts: Sequence[ToldAlert], *, language: str, site: str) -> tuple[str, str]:
    """Return subject and text of the letter about these alerts; a change that two rules have found is told once."""
    company = company_terms()
    told = {(one.measure, one.dimension, one.segment, one.direction): one for one in reversed(alerts)}
    lines = [_line(alert, language, site, company.time_zone) for alert in reversed(told.values())]
    alerts_said = counted(len(lines), ALERTS, language)
    opening = OPENING.in_language(language).format(alerts=alerts_said)
    closing = CLOSING.in_language(language).format(link=f"{_site(site)}/signals/alerts/", settings=f"{_site(site)}/settings/delivery/")
    return (
        SUBJECT.in_language(language).format(company=company.name, alerts=alerts_said),
        "\n\n".join([opening, *lines, closing]) + "\n",
    )


def test_letter(*, language: str, site: str) -> tuple[str, str]:
    """Return subject and text of a letter that says nothing but that letters come."""
    subject = TEST_SUBJECT.in_language(language).format(company=company_terms().name)
    return subject, TEST_BODY.in_language(language).format(link=f"{_site(site)}/signals/alerts/")


def _line(alert: ToldAlert, language: str, site: str, zone: str) -> str:
    if alert.rule == BURST:
        titles = code_titles()
        return BURST_LINE.in_language(language).format(
            theme=titles[alert.segment].in_language(language) if alert.segment in titles else alert.segment,
            days=alert.window_days,
            day=day(alert.until, language, time_zone=zone),
            seen=number(alert.observed, language),
            due=number(alert.expected, language, digits=1),
            link=link_behind(alert, site=site),
        )
    return LINE.in_language(language).format(
        measure=MEASURES[alert.measure].in_language(language),
        where=segment_told(alert.dimension, alert.segment).in_language(language),
        sign="\N{MINUS SIGN}" if alert.change < 0 else "+",
        change=percent(abs(alert.change), language),
        days=alert.window_days,
        day=day(alert.until, language, time_zone=zone),
        seen=number(alert.observed, language),
        due=number(alert.expected, language),
        link=link_behind(alert, site=site),
    )


def _site(site: str) -> str:
    return (site or NEAREST_SITE).rstrip("/")
