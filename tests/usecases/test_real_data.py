"""Real exports, as they lie there: from the files to the figures."""

from __future__ import annotations

import duckdb
import pytest

from lakmus.usecases.results import list_orders
from lakmus.usecases.show_verdict import show_verdict
from lakmus.usecases.signals.waiting import waiting_times
from tests.usecases.conftest import bring_in, empty_home

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def test_olist_late_deliveries_and_their_stars_open_to_their_orders(new_home, shared_data) -> None:
    bring_in(new_home, *sorted((shared_data / "olist_sample").glob("*.csv")))
    shown = show_verdict(new_home)
    assert (shown.verdict.orders.count, shown.verdict.customers.known) == (8135, 8016)
    on_time, late = list_orders(shown, filters={"reviewed": True}).stars
    assert (on_time.reviews, late.reviews, late.orders) == (4893, 345, 343)
    assert (round(on_time.mean_stars, 2), round(late.mean_stars, 2)) == (4.27, 2.18)
    assert (round(on_time.one_star_share, 3), round(late.one_star_share, 3)) == (0.071, 0.557)
    rows = list_orders(shown, filters={"reviewed": True, "late": True}, size=1000).rows
    stars = [star for row in rows for star in row["review_stars"]]
    assert len(rows) == 343 and round(sum(stars) / len(stars), 2) == 2.18


def test_online_retail_counts_shared_lines_once_in_either_order(tmp_path, shared_data) -> None:
    first = shared_data / "online_retail" / "online_retail_II_year_2009_2010.parquet"
    second = shared_data / "online_retail" / "online_retail_2011_sales_with_invoice.parquet"
    contents = []
    for name, files in (("forth", (first, second)), ("back", (second, first))):
        home = empty_home(tmp_path / name)
        reports = [bring_in(home, file).files[0] for file in files]
        # 22,523 lines from 2010-12-01 08:26 on, 393 of them negative, which the second file leaves out.
        assert [report.duplicate for report in reports] == [0, 22_523 - 393]
        contents.append(
            duckdb.execute(
                "SELECT activity, count(*), count(customer), sum(hash(activity_id, ts, customer, _order, _amount)::HUGEINT) "
                "FROM read_parquet(?, union_by_name = true) GROUP BY activity ORDER BY activity",
                [home.stream().files()],
            ).fetchall()
        )
        nobody = "SELECT count(*) FROM read_parquet(?, union_by_name = true) WHERE customer IN ('0', '0.0')"
        assert duckdb.execute(nobody, [home.stream().files()]).fetchone() == (0,)
    assert contents[0] == contents[1]
    counts = {kind: count for kind, count, *_ in contents[0]}
    assert counts["ordered_item"] + counts["returned_item"] == 525_461 + 531_282 - 22_130


def test_support_cases_give_waiting_times_by_agent_and_shift_and_no_customers(new_home, shared_data) -> None:
    bring_in(new_home, shared_data / "support_csat" / "tickets.csv")
    shown = show_verdict(new_home)
    cases = next(line for line in shown.verdict.coverage.lines if line.code == "cases")
    assert (cases.linked, cases.total) == (0, 10_527)
    by_shift = waiting_times(new_home, shown, by="shift")
    assert {group.group for group in by_shift} == {"Morning", "Evening", "Split", "Afternoon", "Night"}
    assert sum(group.cases for group in by_shift) == 10_527
    assert sum(group.linked for group in by_shift) == 0
    assert len(waiting_times(new_home, shown, by="staff")) > 500
