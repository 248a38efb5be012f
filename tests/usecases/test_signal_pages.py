"""What the pages of signals say is what the orders say, recounted another way; each figure is the number of its customers."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from lakmus.history.estimate import Estimate
from lakmus.history.failures import BadInput, NotFound
from lakmus.operations.journal.queries import entries
from lakmus.usecases.asking import ask
from lakmus.usecases.house.home import Home
from lakmus.usecases.results import counts_by_state
from lakmus.usecases.show_verdict import Shown, show_verdict
from lakmus.usecases.signals.buyers import LAST_MONTH, MONTH_DAYS, buyers
from lakmus.usecases.signals.customer_groups import count_group, group_of, list_group
from lakmus.usecases.signals.segments import forget_segment, keep_segment, list_segments
from lakmus.usecases.signals.show_cohorts import BY, show_cohorts
from lakmus.usecases.signals.show_flows import end_key, show_flows
from lakmus.usecases.signals.show_rfm import show_rfm
from lakmus.usecases.signals.show_site import show_site
from lakmus.usecases.signals.show_survival import show_survival
from tests.usecases.conftest import bring_in

pytestmark = pytest.mark.slow


def days_of(shown: Shown) -> dict[str, list[int]]:
    """Return each buyer's days of purchase, ascending."""
    sql = """SELECT DISTINCT customer, timezone('Europe/Moscow', ts)::DATE - DATE '2000-01-01' AS day FROM read_parquet(?)
             WHERE customer IS NOT NULL AND NOT coalesce(cancelled, false) ORDER BY 1, 2"""
    found: dict[str, list[int]] = defaultdict(list)
    for row in ask(sql, [shown.table("orders")]):
        found[row["customer"]].append(row["day"])
    return found


def test_who_bought_on_is_what_a_walk_over_the_days_finds(company_home: Home, shown: Shown) -> None:
    horizon = shown.verdict.definition.horizon_days
    days = days_of(shown)
    rows = ask("SELECT * FROM read_parquet(?)", [buyers(company_home, shown)])
    assert {row["customer"] for row in rows} == set(days)
    for row in rows:
        first = days[row["customer"]][0]
        since = [day - first for day in days[row["customer"]]]
        bought = [any(k * MONTH_DAYS < d <= k * MONTH_DAYS + horizon for d in since) for k in range(LAST_MONTH + 1)]
        assert [bool(row["bought"] >> k & 1) for k in range(LAST_MONTH + 1)] == bought


def test_a_life_ends_after_the_first_silence_of_a_horizon(company_home: Home, shown: Shown) -> None:
    horizon = shown.verdict.definition.horizon_days
    today = ask("SELECT timezone('Europe/Moscow', ?::TIMESTAMPTZ)::DATE - DATE '2000-01-01' AS day", [shown.as_of])[0]["day"]
    days = days_of(shown)
    for row in ask("SELECT * FROM read_parquet(?)", [buyers(company_home, shown)]):
        own = days[row["customer"]]
        ends = [day + horizon for day, after in zip(own, [*own[1:], today], strict=True) if after - day >= horizon]
        assert row["life_ended"] == bool(ends)
        assert row["life_days"] == (ends[0] if ends else today) - own[0]


def test_the_curve_is_the_product_of_those_who_stayed(company_home: Home, shown: Shown) -> None:
    rows = ask("SELECT life_days, life_ended FROM read_parquet(?)", [buyers(company_home, shown)])
    days, ended = np.array([row["life_days"] for row in rows]), np.array([row["life_ended"] for row in rows])
    curve = show_survival(company_home, shown).whole
    share = 1.0
    at = {}
    for day in np.unique(days):
        share *= 1 - (ended & (days == day)).sum() / (days >= day).sum()
        at[day] = share
    for day, said in zip(curve.days, curve.share, strict=True):
        assert said == pytest.approx(min((at[known] for known in at if known <= day), default=1.0), abs=1e-5)
    assert all(low <= point <= high for low, point, high in zip(curve.low, curve.share, curve.high, strict=True))


def test_each_field_of_the_cohorts_is_the_number_of_its_customers(company_home: Home, shown: Shown) -> None:
    for by in BY:
        found = show_cohorts(company_home, shown, by=by)
        row = max(found.rows, key=lambda row: row.size)
        for cell in row.cells[:: max(1, len(row.cells) // 3)]:
            for outcome, figure in (("bought", cell.bought), ("not", cell.known - cell.bought), ("open", cell.open)):
                asked = {"of": "cohort", "by": by, "segment": row.key or "", "month": str(cell.month), "outcome": outcome}
                assert count_group(company_home, shown, group_of(asked)) == figure


def test_a_month_that_is_not_over_is_open_and_not_zero(company_home: Home, shown: Shown) -> None:
    latest = show_cohorts(company_home, shown).rows[-1].cells[-1]
    assert latest.known == 0 and latest.open > 0 and not isinstance(latest.bought_share, Estimate)


def test_the_fields_of_the_map_hold_every_buyer_once(company_home: Home, shown: Shown) -> None:
    found = show_rfm(shown)
    assert found.customers == len(days_of(shown))
    for recency, line in enumerate(found.cells):
        for frequency, cell in enumerate(line):
            group = group_of({"of": "rfm", "recency": str(recency), "frequency": str(frequency)})
            assert count_group(company_home, shown, group) == cell.customers


def test_moves_lead_from_one_month_to_the_next_and_end_in_the_states_of_today(company_home: Home, shown: Shown) -> None:
    found = show_flows(company_home, shown)
    assert len(found.ends) == 13 and found.ends[-1].counts == counts_by_state(shown)
    for end, moves in zip(found.ends[1:], found.moves, strict=True):
        into: dict[str, int] = defaultdict(int)
        for old in moves.values():
            for new, number in old.items():
                into[new] += number
        assert into == end.counts
    old, new = next((old, new) for old, news in found.moves[-1].items() for new in news if new != old)
    group = group_of({"of": "flow", "at": end_key(found.ends[-1].at), "old": old, "new": new})
    listing = list_group(company_home, shown, group, size=3)
    assert listing.total == found.moves[-1][old][new] and {row["state"] for row in listing.rows} == {new}


def test_a_group_is_saved_counted_refused_twice_and_deleted_with_a_row_in_the_journal(company_home: Home, shown: Shown, user_of) -> None:
    owner, group = user_of("owner"), group_of({"of": "list", "state": "lost"})
    number = keep_segment(shown, group, name="  Ушли  ", actor=owner)
    with pytest.raises(BadInput, match="Ушли"):
        keep_segment(shown, group, name="Ушли", actor=owner)
    (kept,) = list_segments(company_home, shown)
    assert (kept.name, kept.customers) == ("Ушли", counts_by_state(shown)["lost"])
    forget_segment(number, actor=owner)
    assert list_segments(company_home, shown) == []
    assert [entry.verb for entry in entries(object_kind="segment")] == ["dropped_segment", "saved_segment"]
    with pytest.raises(NotFound):
        forget_segment(number, actor=owner)


@pytest.mark.parametrize(
    "asked",
    [
        {"of": "tail"},
        {"of": "cohort", "by": "name; DROP"},
        {"of": "cohort", "by": "cohort", "segment": "2026", "month": "1", "outcome": "bought"},
        {"of": "rfm", "recency": "-1", "frequency": "0"},
        {"of": "flow", "at": "1999-01-31", "new": "lost"},
        {"of": "alert", "measure": "purchases"},
        {"of": "site", "next": "never"},
    ],
)
def test_a_group_that_no_page_names_is_refused(shown: Shown, asked: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        keep_segment(shown, group_of(asked), name="x", actor=None)


def test_buyers_of_ten_years_are_counted_like_all_others(new_home: Home, tmp_path: Path) -> None:
    days = [(who, date(2015, 1, 1) + timedelta(days=who + step * (28 + who % 7))) for who in range(60) for step in range(120)]
    lines = ["Номер заказа;Дата заказа;ID клиента;Сумма", *(f"З{n};{day:%d.%m.%Y};К{who};100" for n, (who, day) in enumerate(days))]
    (tmp_path / "orders.csv").write_text("\n".join(lines), encoding="utf-8")
    bring_in(new_home, tmp_path / "orders.csv")
    long = show_verdict(new_home)
    rows = ask("SELECT bought FROM read_parquet(?)", [buyers(new_home, long)])
    assert [row["bought"] for row in rows] == [2 ** (LAST_MONTH + 1) - 1] * 60


def test_without_a_rhythm_nothing_is_claimed(new_home: Home, tmp_path: Path) -> None:
    lines = ["Номер заказа;Дата заказа;ID клиента;Сумма", *(f"З{n};{1 + n % 28:02}.01.2026 10:00;К{n % 9};100" for n in range(60))]
    (tmp_path / "orders.csv").write_text("\n".join(lines), encoding="utf-8")
    bring_in(new_home, tmp_path / "orders.csv")
    few = show_verdict(new_home)
    assert show_cohorts(new_home, few).shortage and show_survival(new_home, few).shortage and show_flows(new_home, few).shortage
    assert show_rfm(few).customers == 9
    with pytest.raises(BadInput):
        count_group(new_home, few, group_of({"of": "cohort", "by": "place", "segment": "Казань"}))


def test_each_step_on_the_site_is_the_number_of_the_customers_behind_it(company_home: Home, shown: Shown) -> None:
    found = show_site(company_home, shown)
    assert [step.sessions for step in found.steps] == sorted((step.sessions for step in found.steps), reverse=True)
    assert found.sessions == found.steps[0].sessions > found.steps[-1].sessions > 0
    for step in found.steps:
        assert count_group(company_home, shown, group_of({"of": "site", "step": step.code})) == step.customers
    for part in found.after_checkout:
        assert count_group(company_home, shown, group_of({"of": "site", "next": part.code})) == part.customers
    left = found.steps[2].sessions - found.steps[3].sessions
    assert sum(part.sessions for part in found.after_checkout) == left == round(found.left_checkout.point * found.steps[2].sessions)
    assert count_group(company_home, shown, group_of({"of": "site", "exit": found.exits[0].code})) == found.exits[0].customers


def test_without_a_log_of_the_site_nothing_is_said_of_it(new_home: Home, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("Номер заказа;Дата заказа;ID клиента;Сумма\nЗ1;01.01.2026 10:00;К1;100\n", encoding="utf-8")
    bring_in(new_home, tmp_path / "orders.csv")
    assert show_site(new_home, show_verdict(new_home)).shortage
