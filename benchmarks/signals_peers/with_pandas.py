"""The 18 columns by pandas: `python with_pandas.py SOURCE TARGET DATE…`."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd


def run(source: Path, target: Path, dates: list[datetime]) -> None:
    """Everything in memory once, then one grouped sum a window and date."""
    rows = pd.concat([pd.read_parquet(path) for path in sorted(source.glob("*.parquet"))], ignore_index=True)
    rows["customer"], rows["activity"] = rows["customer"].astype("category"), rows["activity"].astype("category")
    orders = rows[rows["activity"] == "placed_order"].copy()
    same = orders["customer"].cat.codes.diff() == 0
    orders["gap"] = (orders["ts"].diff().dt.total_seconds() / 86_400).where(same)
    orders["square"], orders["gap_square"] = orders["_amount"] ** 2, orders["gap"] ** 2
    for date in dates:

        def part(frame: pd.DataFrame, newest: float, oldest: float, date: datetime = date) -> pd.core.groupby.DataFrameGroupBy:
            inside = (frame["ts"] <= date - timedelta(days=newest)) & (frame["_known_at"] <= date)
            return frame[inside & (frame["ts"] > date - timedelta(days=oldest))].groupby("customer", observed=True)

        def of(*kinds: str) -> pd.DataFrame:
            return rows[rows["activity"].isin(kinds)]

        ever = 100 * 365
        out = pd.DataFrame(index=part(rows, 0, ever).size().index)
        out["orders_90"] = part(orders, 0, 90).size()
        out["orders_before"] = part(orders, 90, 180).size()
        out["orders_year_ago"] = part(orders, 365, 455).size()
        whole, year = part(orders, 0, ever), part(orders, 0, 365)
        out["orders_all"] = whole.size()
        out["amount_90"], out["amount_before"] = part(orders, 0, 90)["_amount"].sum(), part(orders, 90, 180)["_amount"].sum()
        out["amount_all"], out["amount_squares"] = whole["_amount"].sum(), whole["square"].sum()
        out["first_order_at"], out["last_order_at"] = whole["ts"].min(), whole["ts"].max()
        out["gap_days_year"], out["gap_squares_year"] = year["gap"].sum(), year["gap_square"].sum()
        out["cancelled_90"] = part(of("cancelled_order"), 0, 90).size()
        out["returned_90"] = part(of("returned_item"), 0, 90)["_amount"].sum()
        visits = of("visited_site")
        out["visits_30"], out["visits_before"] = part(visits, 0, 30).size(), part(visits, 30, 60).size()
        out["complaints_year"] = part(of("complained"), 0, 365).size()
        out["last_contact_at"] = part(of("received_reply", "was_contacted"), 0, ever)["ts"].max()
        counts = [name for name in out.columns if not name.endswith("_at")]
        out[counts] = out[counts].fillna(0)
        out.reset_index().astype({"customer": str}).to_parquet(target / f"{date:%Y-%m-%d}.parquet", compression=None)


if __name__ == "__main__":
    run(Path(sys.argv[1]), Path(sys.argv[2]), [datetime.fromisoformat(text) for text in sys.argv[3:]])
