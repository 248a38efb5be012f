"""One row per buyer: where they came from, in which months they bought again, how long they stayed. What cohorts and survival read.

Kept beside the verdict, since it is read off all orders. A purchase is a calendar day of the company with an order that was not cancelled,
and the horizon is that of the verdict's definition of loss.
"""

from __future__ import annotations

import duckdb

from lakmus.history.estimate import NotEnoughEvidence
from lakmus.history.failures import BadInput
from lakmus.history.wording import Wording
from lakmus.operations.company.queries import company_terms
from lakmus.usecases.house.home import Home
from lakmus.usecases.kept_beside import kept_table
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.signals.lay_out_people import PEOPLE

MONTH_DAYS = 30.4375
"""A month counted from a first purchase: a twelfth of 365.25 days."""
LAST_MONTH = 24

ORIGINS = {
    "place": Wording("город", "city"),
    "channel": Wording("канал первой покупки", "channel of the first purchase"),
    "product": Wording("первый товар", "first product"),
}
"""By what buyers can be told apart; `product` is the dearest one of the first order."""

NO_HORIZON = Wording(
    "Пока не известно, после какого перерыва клиент ушёл, поэтому такой группы нет. Ничего не потеряно; загрузите больше истории заказов.",
    "It is not known yet after which silence a customer is lost, so there is no such group. Nothing was lost; import more past orders.",
)


def no_horizon(shown: Shown) -> NotEnoughEvidence | None:
    """Return why nothing can be said of staying and leaving, or None where the horizon is known."""
    found = shown.verdict.definition.horizon
    return found if isinstance(found, NotEnoughEvidence) else None


def buyers(home: Home, shown: Shown) -> str:
    """Return the path of the table of buyers.

    Columns: `customer`; `cohort` (`YYYY-MM` of the first purchase); `place`, `channel`, `product` (of the first purchase, null unknown);
    `bought` (bit k: bought within the horizon after the k-th month from the first purchase, `LAST_MONTH` at most); `known` (the last k
    whose horizon is over, -1 none); `life_days` and `life_ended` (first purchase to loss, or to now); `gap_days` and `gap_ended`
    (one of the customer's purchases, picked by chance, to the next one, or to now); `rank` (in the table of people).

    Raises
    ------
    BadInput : the horizon of loss is not known.
    """

    if shown.verdict.definition.horizon_days is None:
        raise BadInput("no_horizon", NO_HORIZON)

    def make(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
        zone, horizon = company_terms().time_zone, shown.verdict.definition.horizon_days
        filled = BUYERS.format(zone=zone, horizon=horizon, month=MONTH_DAYS, last=LAST_MONTH)
        files = home.stream().files()
        parameters = [shown.as_of, shown.table("orders"), files, shown.as_of, shown.as_of, shown.table(PEOPLE)]
        return connection.sql(filled, params=parameters)

    return kept_table(shown, "buyers", make)


BUYERS = """
WITH today AS (SELECT timezone('{zone}', ?::TIMESTAMPTZ)::DATE AS today),
orders AS (SELECT customer, ts, "order", evidence[1] AS activity_id, timezone('{zone}', ts)::DATE AS day FROM read_parquet(?)
           WHERE customer IS NOT NULL AND NOT coalesce(cancelled, false)),
days AS (SELECT DISTINCT customer, day FROM orders),
steps AS (SELECT customer, day, lead(day) OVER same AS following, min(day) OVER (PARTITION BY customer) AS first_day
          FROM days WINDOW same AS (PARTITION BY customer ORDER BY day)),
spans AS (SELECT *, day - first_day AS since, coalesce(following, today.today) - day AS gap FROM steps, today),
months AS (SELECT *, least({last} + 1, greatest(0, ceil((since - {horizon}) / {month})))::INTEGER AS low,
                  least({last}, ceil(since / {month}) - 1)::INTEGER AS high FROM spans),
lives AS (SELECT customer, any_value(first_day) AS first_day,
                 coalesce(bit_or(((1::BIGINT << (high + 1)) - 1) & ~((1::BIGINT << low) - 1)) FILTER (high >= low), 0) AS bought,
                 min(since + {horizon}) FILTER (gap >= {horizon}) AS lost_after,
                 arg_min(gap, md5(customer || day)) AS gap_days, arg_min(following IS NOT NULL, md5(customer || day)) AS gap_ended
          FROM months GROUP BY customer),
firsts AS (SELECT customer, arg_min("order", (ts, "order")) AS "order", arg_min(activity_id, (ts, "order")) AS activity_id
           FROM orders GROUP BY customer),
facts AS (SELECT activity_id, activity, _order, _channel, _product, _amount FROM read_parquet(?, union_by_name = true)
          WHERE ts <= ? AND _known_at <= ? AND activity IN ('placed_order', 'ordered_item')),
channels AS (SELECT customer, any_value(_channel) AS channel FROM firsts JOIN facts USING (activity_id) GROUP BY customer),
products AS (SELECT customer, arg_max(_product, (coalesce(_amount, 0), _product)) AS product
             FROM firsts JOIN facts ON facts._order = firsts."order" WHERE activity = 'ordered_item' AND _product IS NOT NULL
             GROUP BY customer),
places AS (SELECT customer, place, rank FROM read_parquet(?))
SELECT lives.customer, strftime(first_day, '%Y-%m') AS cohort, place, channel, product, bought,
       greatest(-1, floor((today.today - first_day - {horizon}) / {month}))::INTEGER AS known,
       coalesce(lost_after, today.today - first_day)::DOUBLE AS life_days, lost_after IS NOT NULL AS life_ended,
       gap_days::DOUBLE AS gap_days, gap_ended, rank
FROM lives JOIN today ON true LEFT JOIN channels USING (customer) LEFT JOIN products USING (customer) LEFT JOIN places USING (customer)
ORDER BY cohort, lives.customer
"""
