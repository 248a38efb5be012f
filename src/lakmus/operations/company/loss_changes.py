"""Writes of what "lost" means: each change is a new version, and any version can be taken up again."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from lakmus.history.company import LEAST_PURCHASES, LossTerms
from lakmus.history.failures import BadInput
from lakmus.history.wording import Wording
from lakmus.operations.company.models import THE_COMPANY, CompanyTerms, LossDefinition
from lakmus.operations.company.queries import loss_terms, terms_change
from lakmus.operations.journal.changes import NOBODY, record

BASES = ("", "purchases", "contract")
SEGMENTS = ("", "place", "channel")
SHORTEST, LONGEST = 7, 730
MOST_PURCHASES = 20
MOST_SEGMENTS = 400

BAD_BASIS = Wording(
    "Так уход не определить: «{written}». Можно: по данным, purchases (по покупкам), contract (по договору). Ничего не изменилось.",
    "Loss cannot be defined by “{written}”. Possible: by the data, purchases, contract. Nothing was changed.",
)
BAD_HORIZON = Wording(
    "Срок «{written}» не подходит: нужно целое число дней от {short} до {long}. Ничего не изменилось.",
    "A horizon of “{written}” will not do: a whole number of days from {short} to {long} is needed. Nothing was changed.",
)
BAD_PURCHASES = Wording(
    "Число покупок «{written}» не подходит: нужно целое число от {short} до {long}. Ничего не изменилось.",
    "“{written}” purchases will not do: a whole number from {short} to {long} is needed. Nothing was changed.",
)
BAD_SEGMENTS = Wording(
    "Свой срок бывает у города (place) или канала (channel), не больше чем у {most} сегментов. Ничего не изменилось.",
    "A horizon of its own is for a place or a channel, for {most} segments at most. Nothing was changed.",
)
NOTHING_NEW = Wording(
    "Это определение уже действует, сохранять нечего. Ничего не изменилось.",
    "This definition is in use already, there is nothing to save. Nothing was changed.",
)


def checked_loss(terms: LossTerms) -> LossTerms:
    """Return the terms as they would be kept: what has no meaning beside the rest is left out, the number is open.

    Raises
    ------
    BadInput : a basis, horizon, number of purchases or segments that cannot be.
    """
    if terms.basis not in BASES:
        raise BadInput("bad_loss_basis", BAD_BASIS.filled(written=str(terms.basis)[:40]))
    horizon = None if terms.horizon_days is None else _days(terms.horizon_days)
    least = _whole(terms.least_purchases, LEAST_PURCHASES, MOST_PURCHASES)
    if least is None:
        raise BadInput(
            "bad_least_purchases", BAD_PURCHASES.filled(written=terms.least_purchases, short=LEAST_PURCHASES, long=MOST_PURCHASES)
        )
    if terms.horizon_by not in SEGMENTS or len(terms.horizons) > MOST_SEGMENTS or (terms.horizons and not terms.horizon_by):
        raise BadInput("bad_loss_segments", BAD_SEGMENTS.filled(most=MOST_SEGMENTS))
    own = {str(segment)[:200]: _days(days) for segment, days in terms.horizons.items() if str(segment).strip()}
    if terms.basis == "contract":
        return LossTerms(basis="contract", least_purchases=LEAST_PURCHASES)
    return LossTerms(0, terms.basis, horizon, least, terms.horizon_by if own else "", own)


def _days(written: Any) -> int:
    days = _whole(written, SHORTEST, LONGEST)
    if days is None:
        raise BadInput("bad_loss_horizon", BAD_HORIZON.filled(written=str(written)[:40], short=SHORTEST, long=LONGEST))
    return days


def _whole(written: Any, least: int, most: int) -> int | None:
    try:
        number = int(written)
        return number if not isinstance(written, bool) and number == float(written) and least <= number <= most else None
    except (TypeError, ValueError, OverflowError):
        return None


@transaction.atomic
def define_loss(*, actor: Any, terms: LossTerms, note: str = "") -> LossTerms:
    """Keep the terms as a new version and take it up.

    Raises
    ------
    BadInput : see `checked_loss`; or these terms are in use already.
    """
    wanted = checked_loss(terms)
    row = _locked()
    if replace(loss_terms(row.loss_version), version=0) == wanted:
        raise BadInput("definition_in_use", NOTHING_NEW)
    number = (LossDefinition.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    kept = asdict(wanted) | {"version": number}
    LossDefinition.objects.create(
        number=number,
        **{name: told for name, told in kept.items() if name != "version"},
        note=note.strip()[:300],
        created_at=timezone.now(),
        author_name=actor.get_username() if actor is not None else NOBODY,
    )
    return _taken_up(row, number, actor=actor, verb="defined_loss", details=kept)


@transaction.atomic
def use_definition(*, actor: Any, number: int) -> LossTerms:
    """Take up a version that is kept, or with 0 the one that the data choose.

    Raises
    ------
    NotFound : there is no such version. BadInput : it is in use already.
    """
    loss_terms(number)
    row = _locked()
    if row.loss_version == number:
        raise BadInput("definition_in_use", NOTHING_NEW)
    return _taken_up(row, number, actor=actor, verb="took_up_definition", details={})


def _locked() -> CompanyTerms:
    terms_change()
    row, _ = CompanyTerms.objects.select_for_update().get_or_create(pk=THE_COMPANY)
    return row


def _taken_up(row: CompanyTerms, number: int, *, actor: Any, verb: str, details: dict[str, Any]) -> LossTerms:
    before, row.loss_version = row.loss_version, number
    row.save()
    record(actor=actor, verb=verb, object_kind="definition", object_key=number, details={"before": before, **details})
    return loss_terms(number)
