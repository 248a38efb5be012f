"""The pages of causes as answers for programs and terminals: the same figures as on the page, and the rows behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from lakmus.engine.errors.catalogue import ERROR_CODES
from lakmus.engine.verdict import plain
from lakmus.history.failures import BadInput, NotFound
from lakmus.history.wording import Wording
from lakmus.operations.labels.queries import themes_in_care
from lakmus.usecases.causes.audit import audit_messages
from lakmus.usecases.causes.avoidable import contacts_of, wishes_of
from lakmus.usecases.causes.ledger import Line, ledger_line, show_ledger
from lakmus.usecases.causes.perception import show_perception
from lakmus.usecases.causes.profiles import show_profiles
from lakmus.usecases.causes.promises import BY, promises_of
from lakmus.usecases.causes.quotes import quotes_of
from lakmus.usecases.causes.scorecard import show_scorecard
from lakmus.usecases.causes.sides import sides_of
from lakmus.usecases.house.home import Home
from lakmus.usecases.money.show_money import show_worth
from lakmus.usecases.show_stages import shortage_of, show_causes
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.texts.show_topics import has_texts, show_topics, show_unsorted

Answer = dict[str, Any]
NO_SUCH_CHOICE = Wording(
    "У страницы «{page}» нет такого выбора: {name}={written}. Ничего не изменилось; можно: {choices}.",
    "The page “{page}” has no such choice: {name}={written}. Nothing was changed; possible: {choices}.",
)
NO_SUCH_PAGE = Wording(
    "Среди причин нет страницы «{page}». Ничего не изменилось; есть: {choices}.",
    "There is no page “{page}” among the causes. Nothing was changed; there are: {choices}.",
)
NO_SUCH_ERROR = Wording(
    "Ошибки «{code}» в каталоге нет. Ничего не изменилось; есть: {choices}.",
    "There is no error “{code}” in the catalogue. Nothing was changed; there are: {choices}.",
)
QUOTES = 20


@dataclass(frozen=True, slots=True)
class CausePage:
    """One page: its title, what it answers, what can be chosen on it, who may see it, and whether it reads what `prepare_pages` makes."""

    title: Wording
    answer: Callable[[Home, Shown, Mapping[str, str]], Answer]
    choices: tuple[str, ...] = ()
    permit: str = "causes"
    prepared: bool = False


def cause_page(home: Home, shown: Shown, name: str, asked: Mapping[str, str], *, language: str | None = None) -> Answer:
    """Return what a page of `PAGES` says, ready for JSON; texts in one language, or in both as `{ru, en}`.

    Raises
    ------
    BadInput : there is no such page, or it does not offer what was chosen. NotFound : the catalogue has no such error.
    """
    page = PAGES.get(name)
    if page is None:
        raise BadInput("no_such_page", NO_SUCH_PAGE.filled(page=name[:40], choices=", ".join(PAGES)))
    for given, written in asked.items():
        if given not in page.choices:
            offers = ", ".join(page.choices) or "–"
            raise BadInput("no_such_choice", NO_SUCH_CHOICE.filled(page=name, name=given, written=written[:40], choices=offers))
    told = {"as_of": shown.as_of, "page": name, "title": page.title, **asked, **page.answer(home, shown, asked)}
    return {part: plain(given, language) for part, given in told.items()}


def check_code(code: str) -> None:
    """Refuse what the catalogue of errors does not hold.

    Raises
    ------
    NotFound : the catalogue has no such error.
    """
    if code not in ERROR_CODES:
        raise NotFound("error_unknown", NO_SUCH_ERROR.filled(code=code[:40], choices=", ".join(ERROR_CODES)))


def _error(home: Home, shown: Shown, asked: Mapping[str, str]) -> Answer:
    code = asked.get("code", "")
    check_code(code)
    effect = next(effect for effect in show_causes(shown)["effects"] if effect["code"] == code)
    found = next(error for error in shown.verdict.errors if error.code == code)
    names = ("found", "without_customer", "complained", "left", "left_silently", "outcome_known", "opportunities")
    counts = {name: getattr(found, name) for name in names}
    quotes = quotes_of(home, shown, code, size=QUOTES)
    told: Answer = {**effect, **counts, "title": found.title, "money": found.money, "sides": sides_of(shown, code), "texts": quotes}
    return told


def _ledger(home: Home, shown: Shown, asked: Mapping[str, str]) -> Answer:
    ledger = show_ledger(shown)
    if ledger is None:
        nothing: Answer = {"lines": [], "months": [], "total": None, "lost": None, "lost_value": None, "reconciled": None}
        return {**nothing, "shortage": shortage_of(shown)}
    month = asked.get("month", "")
    if month and month not in ledger.months:
        offers = ", ".join(ledger.months)
        raise BadInput("no_such_choice", NO_SUCH_CHOICE.filled(page="ledger", name="month", written=month[:40], choices=offers))
    lines = ledger_line(ledger, shown, month) if month else ledger.lines
    total = ledger.by_month[month] if month else ledger.total
    whole = {"lost": ledger.lost, "lost_value": ledger.lost_value, "reconciled": ledger.reconciled, "money": ledger.money}
    by_errors = {} if month else {"errors": {"left": ledger.errors_left, "money": ledger.errors_money}}
    return {"months": ledger.months, "lines": [_line(line) for line in lines], "total": total, **whole, **by_errors}


def _line(line: Line) -> Answer:
    cell = line.total
    figures = {name: getattr(cell, name) for name in ("customers", "left", "left_silently", "money", "money_visible", "money_silent")}
    first, last = line.ranks or (None, None)
    known = {"code": line.code, "title": line.title, "met": line.met, "complained": line.complained}
    return {**known, **figures, "interval": line.money, "rank_low": first, "rank_high": last}


def _promises(home: Home, shown: Shown, asked: Mapping[str, str]) -> Answer:
    by = asked.get("by", "action")
    if by not in BY:
        raise BadInput("no_such_choice", NO_SUCH_CHOICE.filled(page="promises", name="by", written=by[:40], choices=", ".join(BY)))
    groups = promises_of(shown, by=by) or ()
    names = ("key", "kept", "late", "broken", "open", "late_days", "in_time")
    return {"by": by, "groups": [{name: getattr(group, name) for name in names} for group in groups]}


def _messages(home: Home, shown: Shown, asked: Mapping[str, str]) -> Answer:
    found = audit_messages(shown)
    if found is None:
        return {"sent": 0, "wrong": 0, "customers": 0, "by_finding": {}, "templates": []}
    return {name: getattr(found, name) for name in found.__slots__}


def _dominoes(home: Home, shown: Shown, asked: Mapping[str, str]) -> Answer:
    verdict = shown.verdict
    return {"edges": verdict.domino, "without": verdict.removal, "loss": verdict.loss}


def _learned(home: Home, shown: Shown, asked: Mapping[str, str]) -> Answer:
    return {"errors": [{"code": error.code, "title": error.title, "learned": error.learned} for error in shown.verdict.errors]}


def _perception(home: Home, shown: Shown, asked: Mapping[str, str]) -> Answer:
    rows = [
        {
            "code": row.error.code,
            "title": row.error.title,
            "measured": row.error.measured,
            "needed": row.error.not_measured,
            "measured_by": [{"name": each.name, "source": each.source, "rule": each.rule} for each in row.detectors],
            "believed": row.believed,
            "colleagues": row.colleagues,
            "facts": row.facts,
            "voices": row.voices,
        }
        for row in show_perception(shown, None)
    ]
    return {"errors": rows}


def _avoidable(home: Home, shown: Shown, asked: Mapping[str, str]) -> Answer:
    found, (stated, broken) = contacts_of(home, shown), wishes_of(home, shown)
    by_code = [{"code": code, "title": ERROR_CODES[code].title, "contacts": count} for code, count in found.by_code.items()]
    contacts = {"contacts": found.total, "caused": found.caused, "share_caused": found.share, "within_days": found.within_days}
    return {**contacts, "by_code": by_code, "wishes": {"stated": stated, "not_kept": broken}}


def _scorecard(home: Home, shown: Shown, asked: Mapping[str, str]) -> Answer:
    names = ("code", "title", "meaning", "hit", "buyers", "share", "money", "lately", "before", "growth")
    sides = [
        {name: getattr(side, name) for name in names}
        | {"reasons": [{"code": one.code, "title": one.title, "met": one.met} for one in side.reasons]}
        | {"not_measured": [{"code": error.code, "title": error.title, "needed": error.not_measured} for error in side.unmeasured]}
        for side in show_scorecard(shown)
    ]
    return {"sides": sides}


def _profiles(home: Home, shown: Shown, asked: Mapping[str, str]) -> Answer:
    found = show_profiles(home, shown)
    return {"profiles": found.rows, "everybody": found.whole}


def _topics(home: Home, shown: Shown, asked: Mapping[str, str]) -> Answer:
    if not has_texts(shown):
        return {"texts": 0, "unsorted": 0, "since": None, "topics": []}
    found = show_topics(home, shown)
    care = themes_in_care()
    topics = [
        {name: getattr(topic, name) for name in topic.__slots__} | {"in_care": asdict(care[topic.code]) if topic.code in care else None}
        for topic in found.rows
    ]
    return {"texts": found.texts, "unsorted": found.unsorted, "since": found.since, "topics": topics}


def _unsorted(home: Home, shown: Shown, asked: Mapping[str, str]) -> Answer:
    if not has_texts(shown):
        return {"texts": 0, "phrases": [], "latest": []}
    found = show_unsorted(home, shown, size=QUOTES)
    phrases = [{"phrase": theme.phrase, "texts": theme.texts, "examples": theme.examples} for theme in found.proposed]
    return {"texts": found.total, "phrases": phrases, "latest": found.rows}


def _money(home: Home, shown: Shown, asked: Mapping[str, str]) -> Answer:
    worth = show_worth(shown)
    terms = {name: getattr(worth.terms, name) for name in ("margin_share", "margin_is_assumed", "acquisition_cost", "discount_rate")}
    repairs = [
        {"code": one.error.code, "title": one.error.title, "kept": one.kept, "weeks": one.weeks, "per_week": one.per_week}
        for one in worth.repairs
    ]
    figures = {name: getattr(worth, name) for name in ("clv", "clv_each", "ratio", "costs", "gains", "bridge")}
    return {"terms": terms, **figures, "repairs": repairs}


PAGES: dict[str, CausePage] = {
    "error": CausePage(Wording("одна ошибка со всех сторон", "one error from all sides"), _error, ("code",)),
    "ledger": CausePage(Wording("книга потерь", "ledger of losses"), _ledger, ("month",), permit="ledger"),
    "promises": CausePage(Wording("обещания", "promises"), _promises, ("by",), permit="promises"),
    "messages": CausePage(Wording("автоматические сообщения", "automatic messages"), _messages, permit="audit"),
    "dominoes": CausePage(Wording("какая ошибка ведёт за собой какую", "which error brings which"), _dominoes, permit="dominoes"),
    "learned": CausePage(Wording("таблица, которая учится", "the table that learns"), _learned, permit="learned"),
    "perception": CausePage(Wording("что мы думаем и что есть", "what we think and what is"), _perception, permit="perception"),
    "avoidable": CausePage(Wording("лишние обращения", "needless contacts"), _avoidable, permit="avoidable", prepared=True),
    "scorecard": CausePage(Wording("пять сторон сервиса", "five sides of service"), _scorecard, permit="scorecard"),
    "profiles": CausePage(Wording("портреты риска", "profiles at risk"), _profiles, permit="profiles", prepared=True),
    "topics": CausePage(Wording("о чём пишут клиенты", "what customers write about"), _topics, permit="topics"),
    "unsorted": CausePage(Wording("тексты, не разобранные по кодам", "texts that no code fits"), _unsorted, permit="unsorted"),
    "money": CausePage(Wording("деньги", "money"), _money, permit="money", prepared=True),
}
"""By the names that addresses and commands have."""
