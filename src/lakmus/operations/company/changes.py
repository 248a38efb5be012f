"""Writes of the company's terms and mappings."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.db import transaction
from django.db.models import F

from lakmus.history.company import Company
from lakmus.history.failures import BadInput
from lakmus.history.wording import Wording
from lakmus.operations.company.models import THE_COMPANY, CompanyTerms, MappingProfile
from lakmus.operations.company.queries import TERMS, company_terms, terms_change
from lakmus.operations.journal.changes import record

YEAR_MINUTES = 366 * 24 * 60
MOST_COST = 1e9

UNKNOWN_TERM = Wording("Условия «{name}» нет. Есть: {known}.", "There is no term “{name}”. There are: {known}.")
BAD_TERM = Wording(
    "Не подходит «{written}»: {needed_ru}. Ничего не изменилось.", "“{written}” will not do: {needed_en}. Nothing was changed."
)
MINUTES = Wording("нужно целое число минут от 1 до года", "a whole number of minutes, from 1 to a year, is needed")
DAYS = Wording("нужно целое число дней от 1 до 3650", "a whole number of days from 1 to 3650 is needed")


@transaction.atomic
def set_terms(*, actor: Any, **terms: Any) -> Company:
    """Change the terms that are given and leave the others; setting the margin or the discount rate confirms it.

    Raises
    ------
    BadInput : no such term, or a term that cannot be (a margin of 130 %, a zone that does not exist).
    """
    for name in terms:
        if name not in TERMS:
            raise BadInput("unknown_term", UNKNOWN_TERM.filled(name=name, known=", ".join(TERMS)))
    terms_change()
    before = asdict(company_terms())
    if "margin_share" in terms:
        terms.setdefault("margin_is_assumed", False)
    if "discount_rate" in terms:
        terms.setdefault("discount_is_assumed", False)
    checked = {name: _checked(name, written) for name, written in terms.items()}
    row, _ = CompanyTerms.objects.select_for_update().get_or_create(pk=THE_COMPANY)
    for name, term in checked.items():
        setattr(row, name, term)
    row.save()
    changed = {name: [before[name], term] for name, term in checked.items() if before[name] != term}
    record(actor=actor, verb="set_terms", object_kind="company", object_key=THE_COMPANY, details=changed)
    return company_terms()


@transaction.atomic
def keep_mapping(*, signature: str, mapping: Mapping[str, Any], actor: Any, kind: str = "", name: str = "") -> MappingProfile:
    """Save how files with these headers are to be read; the same signature replaces what was saved before."""
    profile, made = MappingProfile.objects.update_or_create(
        signature=signature, defaults={"mapping": dict(mapping), "kind": kind, "name": name[:200]}
    )
    details = {"kind": kind, "new": made}
    record(actor=actor, verb="kept_mapping", object_kind="mapping", object_key=signature, details=details)
    return profile


def note_mapping_use(*, signature: str) -> None:
    """Count a use of a mapping; not a change anybody decided on, therefore without a row in the journal."""
    MappingProfile.objects.filter(signature=signature).update(used_count=F("used_count") + 1)


def _checked(name: str, written: Any) -> Any:
    check, needed = CHECKS[name]
    try:
        return check(written)
    except (TypeError, ValueError, OverflowError) as problem:
        wording = BAD_TERM.filled(written=str(written)[:60], needed_ru=needed.ru, needed_en=needed.en)
        raise BadInput(f"bad_{name}", wording) from problem


def _text(written: Any) -> str:
    if not isinstance(written, str) or not 0 < len(written.strip()) <= 200:
        raise ValueError(written)
    return written.strip()


def _currency(written: Any) -> str:
    code = str(written).strip().upper()
    if len(code) != 3 or not code.isascii() or not code.isalpha():
        raise ValueError(written)
    return code


def _zone(written: Any) -> str:
    if written not in available_timezones():
        raise ValueError(written)
    return ZoneInfo(written).key


def _share(written: Any) -> float:
    share = float(written)
    if not math.isfinite(share) or not 0 <= share <= 1:
        raise ValueError(written)
    return share


def _cost(written: Any) -> float | None:
    if written is None:
        return None
    cost = float(written)
    if isinstance(written, bool) or not math.isfinite(cost) or not 0 <= cost <= MOST_COST:
        raise ValueError(written)
    return cost


def _whole(most: int) -> Any:
    def check(written: Any) -> int:
        number = int(written)
        if isinstance(written, bool) or number != float(written) or not 1 <= number <= most:
            raise ValueError(written)
        return number

    return check


def _truth(written: Any) -> bool:
    if not isinstance(written, bool):
        raise TypeError(written)
    return written


def _targets(written: Any) -> dict[str, int]:
    minutes = _whole(YEAR_MINUTES)
    targets = {str(channel).strip(): minutes(target) for channel, target in dict(written).items()}
    if "" not in targets:
        targets[""] = Company().reply_target_minutes[""]
    return targets


CHECKS = {
    "name": (_text, Wording("нужно название до 200 знаков", "a name of up to 200 characters is needed")),
    "currency": (
        _currency,
        Wording("нужен код валюты из трёх букв, например RUB", "a currency code of three letters, such as RUB, is needed"),
    ),
    "time_zone": (_zone, Wording("нужен часовой пояс вида Europe/Moscow", "a time zone such as Europe/Moscow is needed")),
    "margin_share": (_share, Wording("нужна доля от 0 до 1, например 0,3", "a share between 0 and 1, such as 0.3, is needed")),
    "margin_is_assumed": (_truth, Wording("нужно «да» или «нет»", "yes or no is needed")),
    "reply_target_minutes": (_targets, MINUTES),
    "no_reply_after_minutes": (_whole(YEAR_MINUTES), MINUTES),
    "repeat_contact_days": (_whole(3650), DAYS),
    "aftersales_days": (_whole(3650), DAYS),
    "acquisition_cost": (
        _cost,
        Wording("нужна сумма от 0 до миллиарда, или ничего", "a sum from 0 to a thousand million is needed, or nothing"),
    ),
    "discount_rate": (_share, Wording("нужна доля от 0 до 1, например 0,15", "a share between 0 and 1, such as 0.15, is needed")),
    "discount_is_assumed": (_truth, Wording("нужно «да» или «нет»", "yes or no is needed")),
}
