"""What the pages of signals and causes read is computed ahead, right after a verdict, so that nobody waits for it in front of a page."""

from __future__ import annotations

from lakmus.usecases.alerts.alert_rules import standing_rule, watches
from lakmus.usecases.alerts.show_alerts import alerts_in_a_year, show_alerts
from lakmus.usecases.causes.avoidable import contacts_of, wishes_of
from lakmus.usecases.causes.profiles import show_profiles
from lakmus.usecases.causes.sides import counted_sides
from lakmus.usecases.house.home import Home
from lakmus.usecases.money.show_money_bridge import revenue_bridge
from lakmus.usecases.risk.loss_facts import SEGMENTS, segment_rhythms
from lakmus.usecases.risk.show_checks import check_rows
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.signals.show_cohorts import show_cohorts
from lakmus.usecases.signals.show_flows import show_flows
from lakmus.usecases.signals.show_rfm import show_rfm
from lakmus.usecases.signals.show_site import show_site
from lakmus.usecases.signals.show_survival import show_survival

DONE = "pages.done"


def pages_are_ready(shown: Shown) -> bool:
    """Say whether everything is kept that the pages of signals read."""
    return (shown.folder / DONE).exists()


def prepare_pages(home: Home, shown: Shown) -> None:
    """Compute what the pages of signals read; what is kept already is not computed again."""
    show_rfm(shown)
    show_cohorts(home, shown)
    show_survival(home, shown)
    for watch in watches().values():
        show_alerts(home, shown, watch=watch)
    alerts_in_a_year(home, shown, [standing_rule().watch])
    show_flows(home, shown)
    show_site(home, shown)
    check_rows(home, shown)
    for by in SEGMENTS:
        segment_rhythms(home, shown, by)
    counted_sides(shown)
    contacts_of(home, shown)
    wishes_of(home, shown)
    show_profiles(home, shown)
    revenue_bridge(shown)
    (shown.folder / DONE).touch()


def ask_for_pages(shown: Shown) -> None:
    """Have the worker compute what the pages read, unless it is there; at most once a minute."""
    from django.utils import timezone
    from django_q.tasks import async_task

    asked = shown.folder / "pages.asked"
    if pages_are_ready(shown):
        return
    if asked.exists() and timezone.now().timestamp() - asked.stat().st_mtime < 60:
        return
    asked.touch()
    async_task("lakmus.jobs.tasks.prepare_pages", shown.as_of.isoformat(), task_name=f"pages-{shown.key}")
