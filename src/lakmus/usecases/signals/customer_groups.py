"""Groups of customers that a page names: a list with its filters, a cell of a table, a move between states, those behind an alert.

A group is a rule, not a list: saved, it is read anew from each verdict.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lakmus.history.failures import BadInput
from lakmus.history.wording import Wording
from lakmus.operations.company.queries import company_terms
from lakmus.usecases.alerts.show_alerts import alert_conditions, alert_told
from lakmus.usecases.asking import Conditions
from lakmus.usecases.causes.profiles import KEYS as PROFILE_KEYS
from lakmus.usecases.causes.profiles import profile_conditions, profile_told
from lakmus.usecases.house.home import Home
from lakmus.usecases.results import LEAVING, STAYING, Listing, count_people, customer_conditions, list_people, states_named
from lakmus.usecases.risk.show_checks import KEYS as CHECK_KEYS
from lakmus.usecases.risk.show_checks import check_conditions, check_told
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.signals.show_cohorts import NO_GROUP, cohort_conditions, cohort_told
from lakmus.usecases.signals.show_flows import NAMES, flow_conditions, flow_told
from lakmus.usecases.signals.show_rfm import rfm_conditions, rfm_told
from lakmus.usecases.signals.show_site import site_conditions, site_told
from lakmus.usecases.titles import title_of

OF_SEVERAL = {
    LEAVING: Wording("остывающие и холодные", "cooling or cold"),
    STAYING: Wording("постоянные, кто не ушёл", "regulars who have not left"),
}
KEYS = {
    "cohort": ("by", "segment", "month", "outcome"),
    "rfm": ("recency", "frequency"),
    "flow": ("at", "old", "new"),
    "alert": ("measure", "dimension", "segment", "until", "window_days", "direction"),
    "site": ("step", "next", "exit"),
    "check": CHECK_KEYS,
    "profile": PROFILE_KEYS,
    "list": ("q", "state", "lost", "silent", "month", "error", "signal", "exclusion"),
}
"""What a group can be `of`, and the words by which it is asked for; `list` goes by the address of the list of customers."""
LIST = Wording("Клиенты по отбору", "Customers by a search")
FLAGS = {"1": True, "0": False}


@dataclass(frozen=True, slots=True)
class Group:
    """One group: what it is `of` (a key of `KEYS`), and what was asked."""

    of: str
    asked: Mapping[str, str] = field(default_factory=dict)


def group_of(given: Mapping[str, str]) -> Group:
    """Return the group that an address or a saved segment names; `of` and the keys of its sort are read, others ignored.

    Raises
    ------
    BadInput : there is no such sort of group.
    """
    of = given.get("of", "")
    if of not in KEYS:
        raise BadInput("no_such_group", NO_GROUP)
    return Group(of, {key: str(given[key])[:200] for key in KEYS[of] if key in given})


def group_conditions(home: Home, shown: Shown, group: Group) -> Conditions:
    """Return which rows of the table of people (`lay_out_people`) a group is.

    Raises
    ------
    BadInput : there is no such group.
    """
    asked = group.asked
    if group.of == "cohort":
        return cohort_conditions(home, shown, asked)
    if group.of == "rfm":
        return rfm_conditions(shown, asked)
    if group.of == "flow":
        return flow_conditions(home, shown, asked)
    if group.of == "alert":
        return alert_conditions(home, shown, asked)
    if group.of == "site":
        return site_conditions(home, shown, asked)
    if group.of == "check":
        return check_conditions(home, shown, asked)
    if group.of == "profile":
        return profile_conditions(home, shown, asked)
    return customer_conditions(home, shown, query=asked.get("q", ""), filters=list_filters(asked))


def group_told(shown: Shown, group: Group) -> Wording:
    """Say in words which customers these are.

    Raises
    ------
    BadInput : there is no such group.
    """
    if group.of == "cohort":
        return cohort_told(group.asked)
    if group.of == "rfm":
        return rfm_told(shown, group.asked)
    if group.of == "flow":
        return flow_told(shown, group.asked)
    if group.of == "alert":
        return alert_told(group.asked, time_zone=company_terms().time_zone)
    if group.of == "site":
        return site_told(group.asked)
    if group.of == "check":
        return check_told(shown, group.asked)
    if group.of == "profile":
        return profile_told(group.asked)
    return _list_told(group.asked)


def list_group(home: Home, shown: Shown, group: Group, *, sort: str = "-value_at_risk", page: int = 1, size: int = 50) -> Listing:
    """Return a page of a group's customers, as `results.list_customers` does of all.

    Raises
    ------
    BadInput : there is no such group.
    """
    return list_people(shown, group_conditions(home, shown, group), sort=sort, page=page, size=size)


def count_group(home: Home, shown: Shown, group: Group) -> int:
    """Return how many customers a group has.

    Raises
    ------
    BadInput : there is no such group.
    """
    return count_people(shown, group_conditions(home, shown, group))


def _list_told(asked: Mapping[str, str]) -> Wording:
    named = NAMES | OF_SEVERAL
    said = [named[asked["state"]]] if asked.get("state") in named else []
    said += [title_of(asked[key]) for key in ("error", "signal") if asked.get(key)]
    said += [Wording(f"«{asked['q']}»", f"“{asked['q']}”")] if asked.get("q") else []
    return Wording(*("; ".join(each.in_language(language) for each in (LIST, *said)) for language in ("ru", "en")))


def list_filters(asked: Mapping[str, str]) -> dict[str, object]:
    """Return the filters of the list of customers that its address asks for."""
    filters: dict[str, object] = {name: asked[name] for name in ("error", "signal", "exclusion") if asked.get(name)}
    if asked.get("state"):
        filters["states"] = states_named(asked["state"])
    if asked.get("lost") == "window":
        filters["lost_in_window"] = True
    if asked.get("silent") in FLAGS:
        filters["lost_silently"] = FLAGS[asked["silent"]]
    if asked.get("month"):
        filters["lost_month"] = asked["month"]
    return filters
