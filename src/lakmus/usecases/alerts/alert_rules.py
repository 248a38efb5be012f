"""The rules by which alerts are given, as they ship or as somebody edited them, and what another rule would have told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from lakmus.engine.signals.alerts import REGULARS_DOWN_A_FIFTH, AlertRule, Direction
from lakmus.history.estimate import NotEnoughEvidence
from lakmus.history.wording import Wording
from lakmus.operations.company.queries import company_terms
from lakmus.usecases.alerts.show_alerts import DIMENSIONS_OF, SHIPPED, SegmentAlert, Watch, alerts_in_a_year
from lakmus.usecases.house.home import Home
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.writing import local_day, percent

EDITABLE = REGULARS_DOWN_A_FIFTH.code
GROUPS = DIMENSIONS_OF["purchases"]
TITLES: dict[str, Wording] = {
    "down": Wording("Покупки постоянных клиентов упали на {share} за месяц", "Regulars' purchases fell by {share} in a month"),
    "up": Wording("Покупки постоянных клиентов выросли на {share} за месяц", "Regulars' purchases rose by {share} in a month"),
    "both": Wording("Покупки постоянных клиентов изменились на {share} за месяц", "Regulars' purchases changed by {share} in a month"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """The editable rule as it stands, whether it is as it ships, and who changed it last and when."""

    watch: Watch
    is_shipped: bool
    changed_by: str = ""
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """How many alerts the rule in force and the proposed one would have given in the past year, and by month (`YYYY-MM`).

    `alerts` are those of the proposed rule, the newest first.
    """

    proposed: Watch
    in_force: int
    would_be: int
    months: tuple[tuple[str, int, int], ...]
    alerts: tuple[SegmentAlert, ...]
    shortage: NotEnoughEvidence | None


def standing_rule() -> Standing:
    """Return the editable rule as it stands."""
    from lakmus.operations.alerts.queries import edited_rule

    row = edited_rule(EDITABLE)
    if row is None:
        return Standing(SHIPPED[EDITABLE], True)
    figures = {name: getattr(row, name) for name in ("least_change", "least_count", "cool_down_weeks", "direction")}
    return Standing(watch_of(dimensions=row.dimensions, **figures), False, str(row.changed_by or ""), row.changed_at)


def watches() -> dict[str, Watch]:
    """Return all rules in force by their codes."""
    return SHIPPED | {EDITABLE: standing_rule().watch}


def watch_of(*, least_change: float, least_count: float, cool_down_weeks: int, direction: Direction, dimensions: Sequence[str]) -> Watch:
    """Return the editable rule with these figures; its title says them."""
    share = {language: percent(least_change, language) for language in ("ru", "en")}
    title = TITLES.get(direction, TITLES["both"])
    told = Wording(title.ru.format(share=share["ru"]), title.en.format(share=share["en"]))
    rule: AlertRule = replace(
        SHIPPED[EDITABLE].rule,
        title=told,
        least_change=least_change,
        least_count=least_count,
        cool_down_weeks=cool_down_weeks,
        direction=direction,
    )
    return Watch(rule, SHIPPED[EDITABLE].measures, tuple(each for each in GROUPS if each in dimensions))


def proposed_rule(*, dimensions: Sequence[str], **figures: Any) -> Watch:
    """Return a rule that somebody would like to try, after the checks that it would have to pass to be taken.

    Raises
    ------
    BadInput : there can be no such rule.
    """
    from lakmus.operations.alerts.changes import checked_rule

    return watch_of(**checked_rule(dimensions=dimensions, known=GROUPS, **figures))


def preview_rule(home: Home, shown: Shown, proposed: Watch) -> Preview:
    """Say what a rule would have told in the year before the verdict's moment, beside the rule in force."""
    told, shortage = alerts_in_a_year(home, shown, [standing_rule().watch, proposed])
    zone = company_terms().time_zone
    now, then = (Counter(f"{local_day(alert.until, zone):%Y-%m}" for alert in alerts) for alerts in told)
    months = tuple((month, now[month], then[month]) for month in sorted(now | then))
    return Preview(proposed, len(told[0]), len(told[1]), months, tuple(told[1]), shortage)


def change_rule(*, actor: Any, dimensions: Sequence[str], **figures: Any) -> Watch:
    """Change the editable rule; who did so, the old and the new stand in the journal.

    Raises
    ------
    BadInput : there can be no such rule.
    """
    from lakmus.operations.alerts.changes import edit_rule

    edit_rule(code=EDITABLE, dimensions=dimensions, known=GROUPS, actor=actor, **figures)
    return standing_rule().watch


def restore_rule(*, actor: Any) -> Watch:
    """Let the editable rule be again as it ships."""
    from lakmus.operations.alerts import changes

    changes.restore_rule(code=EDITABLE, actor=actor)
    return standing_rule().watch
