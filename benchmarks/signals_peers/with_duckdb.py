"""The 18 columns by DuckDB: `python with_duckdb.py SOURCE TARGET DATE…`."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

ORDER_SQL = """
create temp table rows as
select customer, activity, ts, _known_at, _amount,
    case when activity = 'placed_order'
        then epoch_us(ts - lag(ts) over (partition by customer, activity order by ts)) / 86400000000 end as gap
from read_parquet('{source}/*.parquet')
"""
DATE_SQL = """
copy (
    select customer,
        count(*) filter (o and a > d90)::int as orders_90,
        count(*) filter (o and a > d180 and a <= d90)::int as orders_before,
        count(*) filter (o and a > d455 and a <= d365)::int as orders_year_ago,
        count(*) filter (o)::int as orders_all,
        coalesce(sum(_amount) filter (o and a > d90), 0) as amount_90,
        coalesce(sum(_amount) filter (o and a > d180 and a <= d90), 0) as amount_before,
        coalesce(sum(_amount) filter (o), 0) as amount_all,
        coalesce(sum(_amount * _amount) filter (o), 0) as amount_squares,
        min(ts) filter (o) as first_order_at,
        max(ts) filter (o) as last_order_at,
        coalesce(sum(gap) filter (o and a > d365), 0) as gap_days_year,
        coalesce(sum(gap * gap) filter (o and a > d365), 0) as gap_squares_year,
        count(*) filter (activity = 'cancelled_order' and a > d90)::int as cancelled_90,
        coalesce(sum(_amount) filter (activity = 'returned_item' and a > d90), 0) as returned_90,
        count(*) filter (activity = 'visited_site' and a > d30)::int as visits_30,
        count(*) filter (activity = 'visited_site' and a > d60 and a <= d30)::int as visits_before,
        count(*) filter (activity = 'complained' and a > d365)::int as complaints_year,
        max(ts) filter (activity in ('received_reply', 'was_contacted')) as last_contact_at
    from (select *, ts as a, activity = 'placed_order' as o from rows where ts <= $date and _known_at <= $date)
    group by customer
) to '{path}' (format parquet, compression uncompressed)
"""


def run(source: Path, target: Path, dates: list[datetime]) -> None:
    """One `lag` over everything into a temporary table, then one GROUP BY a date."""
    connection = duckdb.connect(config={"threads": 2, "temp_directory": str(target)})
    connection.execute("set TimeZone = 'UTC'")
    connection.execute(ORDER_SQL.format(source=source))
    for date in dates:
        bounds = {f"d{days}": f"timestamptz '{date - timedelta(days=days)}'" for days in (455, 365, 180, 90, 60, 30)}
        query = DATE_SQL.format(path=target / f"{date:%Y-%m-%d}.parquet").replace("$date", f"timestamptz '{date}'")
        for name, bound in bounds.items():
            query = query.replace(name + " ", bound + " ").replace(name + ")", bound + ")")
        connection.execute(query)


if __name__ == "__main__":
    run(Path(sys.argv[1]), Path(sys.argv[2]), [datetime.fromisoformat(text) for text in sys.argv[3:]])
