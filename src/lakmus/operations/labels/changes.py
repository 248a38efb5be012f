"""Writes: labels of texts, themes of the company's own, who answers for a theme."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from lakmus.history.failures import BadInput
from lakmus.history.wording import Wording
from lakmus.operations.journal.changes import record
from lakmus.operations.labels.models import OwnTheme, TextLabel, ThemeInCare
from lakmus.operations.labels.queries import taxonomy_version

POLARITIES = ("negative", "neutral", "positive")
LONGEST_TITLE, LONGEST_PHRASE, MOST_PHRASES, LONGEST_CARER = 120, 80, 30, 120
NO_POLARITY = Wording(
    "Отметьте, доволен ли клиент: минус, ноль или плюс. Ничего не сохранено.",
    "Mark whether the customer is pleased: minus, nought or plus. Nothing was saved.",
)
NO_THEME_WRITTEN = Wording(
    "Назовите тему (до {longest} знаков) и дайте хотя бы одну фразу. Ничего не сохранено.",
    "Name the theme (up to {longest} characters) and give one phrase at least. Nothing was saved.",
)


@transaction.atomic
def label_text(
    *, activity_id: str, customer: str, polarity: str, codes: Sequence[str], reason: str, actor: Any, revision: int | None = None
) -> TextLabel:
    """Keep one person's label of a text in place of that person's earlier one; `revision` of the taxonomy, the present one by default.

    Raises
    ------
    BadInput : there is no such polarity.
    """
    if polarity not in POLARITIES:
        raise BadInput("label_polarity", NO_POLARITY)
    version = taxonomy_version() if revision is None else revision
    chosen = list(dict.fromkeys(codes))
    kept = {"customer": customer, "polarity": polarity, "codes": chosen, "reason": reason if reason in chosen else "", "taxonomy": version}
    label, _ = TextLabel.objects.update_or_create(activity_id=activity_id, labelled_by=actor, defaults=kept)
    details = {"polarity": polarity, "codes": chosen, "taxonomy": version}
    record(actor=actor, verb="labelled_text", object_kind="text", object_key=activity_id, details=details)
    return label


@transaction.atomic
def take_label_back(*, activity_id: str, actor: Any) -> bool:
    """Delete one's own label of a text; say whether there was one."""
    count, _ = TextLabel.objects.filter(activity_id=activity_id, labelled_by=actor).delete()
    if count:
        record(actor=actor, verb="took_label_back", object_kind="text", object_key=activity_id)
    return bool(count)


@transaction.atomic
def forget_labels(*, customers: Iterable[str], actor: Any) -> int:
    """Delete the labels of these customers' texts, and return how many there were."""
    count, _ = TextLabel.objects.filter(customer__in=list(customers)).delete()
    if count:
        record(actor=actor, verb="forgot_labels", object_kind="text", object_key="", details={"count": count})
    return count


@transaction.atomic
def take_up_theme(*, title: str, phrases: Iterable[str], actor: Any) -> OwnTheme:
    """Add a theme of the company's own to the taxonomy, which gets a new version.

    Raises
    ------
    BadInput : it has no title, or no phrase that holds a word.
    """
    name = " ".join(title.split())
    said = list(dict.fromkeys(" ".join(phrase.split())[:LONGEST_PHRASE] for phrase in phrases if any(sign.isalnum() for sign in phrase)))
    if not 0 < len(name) <= LONGEST_TITLE or not said:
        raise BadInput("theme_written", NO_THEME_WRITTEN.filled(longest=LONGEST_TITLE))
    theme = OwnTheme.objects.create(title=name, phrases=said[:MOST_PHRASES], since=taxonomy_version() + 1, made_by=actor)
    details = {"taxonomy": theme.since, "phrases": len(theme.phrases)}
    record(actor=actor, verb="took_up_theme", object_kind="theme", object_key=theme.pk, details=details)
    return theme


@transaction.atomic
def take_out_theme(*, theme: OwnTheme, actor: Any) -> None:
    """Take a theme out of the taxonomy, which gets a new version; the earlier ones keep it."""
    theme.until = taxonomy_version() + 1
    theme.save(update_fields=["until"])
    record(actor=actor, verb="took_out_theme", object_kind="theme", object_key=theme.pk, details={"taxonomy": theme.until})


@transaction.atomic
def give_theme(*, code: str, carer: str, due_on: date | None, actor: Any) -> None:
    """Say who answers for a theme, and until when; an empty `carer`: nobody any longer."""
    name = " ".join(carer.split())[:LONGEST_CARER]
    if name:
        ThemeInCare.objects.update_or_create(code=code, defaults={"carer": name, "due_on": due_on, "given_by": actor})
    else:
        ThemeInCare.objects.filter(code=code).delete()
    due = due_on.isoformat() if name and due_on else None
    record(actor=actor, verb="gave_theme", object_kind="theme", object_key=code, details={"carer": name, "due_on": due})
