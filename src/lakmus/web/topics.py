"""What the pages of texts show: themes, texts that no code fits, labels by people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lakmus.history.estimate import Estimate
from lakmus.operations.labels.queries import all_labels, labelled_by, standing_themes, taxonomy_version, themes_in_care
from lakmus.usecases.alerts.theme_bursts import days_back, unread_bursts
from lakmus.usecases.charts.weeks import weekly_counts
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.texts.label_texts import (
    NEEDED_TOGETHER,
    Agreement,
    AskedText,
    agreement_of_people,
    agreement_of_reading,
    asked_text,
    code_titles,
    next_text,
)
from lakmus.usecases.texts.own_reading import TakenReading, judged_reading, taken_reading
from lakmus.usecases.texts.show_topics import TextsAsked, Topic, has_texts, show_topics, show_unsorted, texts_of_topic
from lakmus.web import answers
from lakmus.web.lists import PAGE_SIZE, Pager
from lakmus.web.templatetags.written import count, worded

KEYS = "QWERTYUIOPASDFGHJKLZXCVBNM"
MOST_SKIPPED = 50


@dataclass(frozen=True, slots=True)
class Choice:
    """A code to choose: its key on the keyboard, and whether it is chosen."""

    code: str
    title: str
    key: str
    chosen: bool


def topics_page(analysis: Shown, user: Any) -> dict[str, Any]:
    """Return what the page of themes shows."""
    found = show_topics(answers.home(), analysis) if has_texts(analysis) else None
    themes = found.rows if found else ()
    unread, care = unread_bursts(user), themes_in_care()
    rows: list[dict[str, Any]] = [
        {"topic": topic, "weeks": _weeks(topic), "growing": _growing(topic), "unread": topic.code in unread, "care": care.get(topic.code)}
        for topic in themes
    ]
    return {
        "topics": found,
        "rows": rows,
        "bursts": [row for row in rows if row["topic"].burst],
        "today": timezone.localdate(),
        "growing": [row for row in rows if row["growing"]],
    }


def _weeks(topic: Topic) -> str:
    told = ngettext("%(n)s text in six months", "%(n)s texts in six months", topic.texts) % {"n": count(topic.texts)}
    marked = -(-topic.burst["days"] // 7) if topic.burst else 0
    return weekly_counts(topic.weeks, title=f"{worded(topic.title)}: {told}", marked=marked)


def _growing(topic: Topic) -> bool:
    return isinstance(topic.trend, Estimate) and topic.trend.low > 1


def topic_page(analysis: Shown, code: str, asked: dict[str, str], *, page: int) -> dict[str, Any]:
    """Return what the page of one theme shows: its texts, all or those behind one figure."""
    days = int(asked["days"]) if asked.get("days", "").isdecimal() else 0
    wanted = TextsAsked(asked.get("year") == "1", asked.get("negative") == "1", days, days_back(asked, as_of=analysis.as_of))
    found = texts_of_topic(answers.home(), analysis, code, wanted, page=page, size=PAGE_SIZE)
    told_by = [{"key": "negative", "title": _("displeased")}] if wanted.negative else []
    if days:
        told_by.append({"key": "days", "title": ngettext("%(n)s day of a burst", "%(n)s days of a burst", days) % {"n": count(days)}})
    known = {error.code for error in analysis.verdict.errors}
    page_of = {"found": found, "pager": Pager(found.total, page), "told_by": told_by, "year": wanted.year}
    care = themes_in_care().get(code)
    return {"code": code, "is_error": code in known, "care": care, "today": timezone.localdate(), **page_of}


def unsorted_page(analysis: Shown, *, phrase: str, page: int) -> dict[str, Any]:
    """Return what the page of unsorted texts shows; with a `phrase` of those proposed, the texts that hold it."""
    found = show_unsorted(answers.home(), analysis, phrase=phrase, page=page, size=PAGE_SIZE) if has_texts(analysis) else None
    known = phrase if found and any(theme.phrase == phrase for theme in found.proposed) else ""
    listed = {"phrase": known, "pager": Pager(found.listed if found else 0, page, anchor="rows")}
    return {"unsorted": found, "themes": list(standing_themes()), "version": taxonomy_version(), **listed}


def labels_page(analysis: Shown, user: Any, *, wanted: str, skipped: list[str]) -> dict[str, Any]:
    """Return what the page of labels shows: one text to label, and how far people and the reading agree."""
    home = answers.home()
    if not has_texts(analysis):
        return {"has_texts": False}
    passed = skipped[-MOST_SKIPPED:]
    text = asked_text(home, analysis, wanted, user) if wanted else next_text(home, analysis, user, skipped=frozenset(passed))
    everybody = all_labels()
    return {
        "has_texts": True,
        "text": text,
        "choices": choices(text),
        "mine_count": len(labelled_by(user)),
        "all_count": len({label.activity_id for label in everybody}),
        "people_count": len({label.person for label in everybody}),
        "needed": NEEDED_TOGETHER,
        "people": _named(agreement_of_people()),
        "reading": _named(agreement_of_reading(home)),
        "skipped": passed,
        "judged": judged_reading(home),
        "corrected": _corrected(taken_reading(home)),
        "read_as": [worded(code_titles()[code]) for code in text.codes if code in code_titles()] if text else [],
    }


def choices(text: AskedText | None) -> list[Choice]:
    """Return the taxonomy as it stands, the first codes with keys of their own."""
    chosen = set(text.mine.codes) if text and text.mine else set()
    keys = [*KEYS, *([""] * 1000)]
    return [Choice(code, worded(title), key, code in chosen) for (code, title), key in zip(code_titles().items(), keys, strict=False)]


def _corrected(taken: TakenReading | None) -> list[str]:
    """Return the titles of the codes that what labels taught tells in the lexicon's place."""
    titles = code_titles()
    if taken is None or not taken.stands:
        return []
    return [worded(titles[one.code]) for one in taken.codes if one.used and one.code in titles]


def _named(found: list[Agreement]) -> list[dict[str, Any]]:
    titles = code_titles()
    return [{"title": worded(titles[one.code]) if one.code in titles else _("Pleased or not"), "found": one} for one in found]
