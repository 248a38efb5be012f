"""The public data sets, as they lie there; each test skips where they are absent."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from lakmus.connectors.files import SavedMapping
from lakmus.history.failures import BadInput
from tests.connectors.conftest import Reader


@pytest.mark.slow
def test_olist_files_together_give_8135_orders_of_8016_customers(read_files: Reader, shared_data: Path) -> None:
    read = read_files(*sorted((shared_data / "olist_sample").glob("*.csv")), zone="America/Sao_Paulo")
    placed = read.of("placed_order")
    assert (len({row["_order"] for row in placed}), len({row["customer"] for row in placed})) == (8135, 8016)
    assert Counter(file.kind for file in read.files)["reference"] == 3
    assert not any(file.rejected for file in read.files)


@pytest.mark.slow
def test_olist_late_orders_have_the_published_stars(read_files: Reader, shared_data: Path) -> None:
    names = ("orders", "order_reviews", "order_payments")
    read = read_files(*(shared_data / "olist_sample" / f"olist_{name}_dataset.csv" for name in names), zone="America/Sao_Paulo")
    promised = {row["_order"]: row["_promised_at"] for row in read.of("was_promised_delivery")}
    received = {row["_order"]: row["ts"] for row in read.of("received_order")}
    reviews = [row for row in read.of("left_review") if row["_order"] in received]
    late = [row for row in reviews if received[row["_order"]] > promised[row["_order"]]]
    stars = [row["_stars"] for row in late]
    assert (len(late), len({row["_order"] for row in late})) == (345, 343)
    assert (round(sum(stars) / len(stars), 2), round(stars.count(1) / len(stars), 3)) == (2.18, 0.557)
    on_time = [row["_stars"] for row in reviews if received[row["_order"]] <= promised[row["_order"]]]
    assert (round(sum(on_time) / len(on_time), 2), round(on_time.count(1) / len(on_time), 3)) == (4.27, 0.071)


def test_support_cases_keep_agent_shift_and_waiting_times(read_files: Reader, shared_data: Path) -> None:
    read = read_files(shared_data / "support_csat" / "tickets.csv", zone="Asia/Kolkata")
    assert Counter(row["activity"] for row in read.activities) == dict.fromkeys(("opened_case", "received_reply", "answered_survey"), 10527)
    assert all(row["customer"] is None and row["anonymous_customer_id"].startswith(("order:", "case:")) for row in read.activities)
    assert all(row["_staff"] and '"shift"' in row["feature_json"] for row in read.of("received_reply"))
    assert {row["ts"].month for row in read.of("opened_case")} <= {7, 8}, "dates are d/m/Y"


@pytest.mark.slow
def test_cdnow_reads_by_itself_and_its_headless_sample_through_a_mapping(read_files: Reader, shared_data: Path) -> None:
    master = read_files(shared_data / "cdnow" / "CDNOW_master.txt")
    assert (len(master.activities), len({row["customer"] for row in master.activities})) == (69659, 23570)
    assert len({row["activity_id"] for row in master.activities}) == 69659
    fields = {"column 1": None, "column 2": "customer", "column 3": "ts", "column 4": "quantity", "column 5": "amount"}
    mapping = SavedMapping.from_json({"kind": "orders", "fields": fields, "date_formats": {"column 3": "yyyymmdd"}})
    sample = read_files(shared_data / "cdnow" / "CDNOW_sample.txt", mappings=[mapping])
    assert (len(sample.activities), len({row["customer"] for row in sample.activities})) == (6919, 2357)


@pytest.mark.slow
def test_online_retail_gives_the_same_stream_in_either_order(read_files: Reader, shared_data: Path) -> None:
    names = ("online_retail_II_year_2009_2010.parquet", "online_retail_2011_sales_with_invoice.parquet")
    whole, sales = (read_files(shared_data / "online_retail" / name, zone="Europe/London").table for name in names)
    frame, other = (pl.from_arrow(table.drop_columns(["_source"])) for table in (whole, sales))
    assert frame["activity_id"].n_unique() == frame.height and other["activity_id"].n_unique() == other.height, "equal lines are two"
    both = frame.join(other.select("activity_id"), on="activity_id", how="semi")
    assert dict(both["activity"].value_counts().iter_rows()) == {"ordered_item": 22130, "placed_order": 888}
    assert both.sort("activity_id").equals(other.join(both.select("activity_id"), on="activity_id", how="semi").sort("activity_id"))
    # 22,523 rows of the overlap stand in the first file; 393 of them are cancellations, which the second leaves out.
    overlap = frame.filter(pl.col("ts") >= datetime(2010, 12, 1, 8, 26, tzinfo=UTC))
    assert overlap.filter(pl.col("activity") == "returned_item").height == 393
    assert not pl.concat([frame["customer"], other["customer"]]).is_in(["0", "nan", ""]).any()


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("telco/Telco-Customer-Churn.csv", "no_dates"),
        ("ru_otzovik_sber/reviews.csv", "no_dates"),
        ("hillstrom/hillstrom.csv", "unknown_kind"),
        ("banking77/train.csv", "unknown_kind"),
        ("ru_sentirueval/SentiRuEval_car_markup_test.xml", "markup"),
    ],
)
def test_data_without_a_history_are_refused_politely(read_files: Reader, shared_data: Path, file: str, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_files(shared_data / file)
    assert refused.value.code == code
