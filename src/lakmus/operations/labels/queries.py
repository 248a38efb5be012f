"""Reads of labels and of the company's own themes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from lakmus.history.failures import NotFound
from lakmus.history.wording import Wording
from lakmus.operations.labels.models import OwnTheme, TextLabel, ThemeInCare

OWN = "own_"
"""What the code of a theme of the company's own begins with; its number follows."""
NO_THEME = Wording(
    "Такой темы нет: возможно, её уже убрали. Ничего не изменилось; откройте список тем.",
    "There is no such theme: perhaps it was taken out already. Nothing was changed; open the list of themes.",
)


@dataclass(frozen=True, slots=True)
class Label:
    """One person's label of one text; see `TextLabel`."""

    activity_id: str
    customer: str
    polarity: str
    codes: tuple[str, ...]
    reason: str
    person: int | None


@dataclass(frozen=True, slots=True)
class Care:
    """Who answers for a theme, and until when; see `ThemeInCare`."""

    carer: str
    due_on: date | None


def themes_in_care() -> dict[str, Care]:
    """Return who answers for which theme, by its code."""
    return {code: Care(carer, due_on) for code, carer, due_on in ThemeInCare.objects.values_list("code", "carer", "due_on")}


def all_labels() -> list[Label]:
    """Return all labels, by text."""
    return _labels(TextLabel.objects.all())


def labels_until(until: datetime) -> list[Label]:
    """Return the labels given, or last changed, until a moment, by text."""
    return _labels(TextLabel.objects.filter(labelled_at__lte=until))


def labels_in_effect(until: datetime) -> tuple[int, datetime | None]:
    """Return how many labels were given until a moment, and when the last of them: another pair means other labels."""
    found = TextLabel.objects.filter(labelled_at__lte=until).aggregate(count=Count("pk"), last=Max("labelled_at"))
    return found["count"], found["last"]


def _labels(labels: QuerySet[TextLabel]) -> list[Label]:
    columns = ("activity_id", "customer", "polarity", "codes", "reason", "labelled_by")
    rows = labels.values_list(*columns)
    return [
        Label(activity, customer, polarity, tuple(codes), reason, person) for activity, customer, polarity, codes, reason, person in rows
    ]


def labelled_by(user: Any) -> set[str]:
    """Return the activities whose text this person has labelled."""
    return set(TextLabel.objects.filter(labelled_by=user).values_list("activity_id", flat=True))


def label_of(activity_id: str, user: Any) -> TextLabel | None:
    """Return this person's label of a text, None where there is none."""
    return TextLabel.objects.filter(activity_id=activity_id, labelled_by=user).first()


def standing_themes() -> QuerySet[OwnTheme]:
    """Return the company's own themes that stand."""
    return OwnTheme.objects.filter(until=None).select_related("made_by")


def standing_theme(number: int) -> OwnTheme:
    """Return one theme that stands.

    Raises
    ------
    NotFound : there is none of this number.
    """
    found = standing_themes().filter(pk=number).first()
    if found is None:
        raise NotFound("theme_unknown", NO_THEME)
    return found


def own_phrases() -> dict[str, tuple[str, list[str]]]:
    """Return the title and the phrases of each theme that stands, by its code."""
    return {f"{OWN}{theme.pk}": (theme.title, list(theme.phrases)) for theme in standing_themes()}


def phrases_of(version: int) -> dict[str, list[str]]:
    """Return the phrases of each theme that stands in a version of the taxonomy, by its code."""
    there = OwnTheme.objects.filter(Q(until=None) | Q(until__gt=version), since__lte=version)
    return {f"{OWN}{theme.pk}": list(theme.phrases) for theme in there}


def taxonomy_version() -> int:
    """Return the version of the company's taxonomy: 0 as shipped, one more with each theme taken up or taken out."""
    found = OwnTheme.objects.aggregate(since=Max("since"), until=Max("until"))
    return max(found["since"] or 0, found["until"] or 0)


def customers_with_labels() -> list[str]:
    """Return the histories of which a text was labelled."""
    return list(TextLabel.objects.order_by("customer").values_list("customer", flat=True).distinct())
