"""Rows about customers, orders, lines, deliveries, returns and our contacts after a delivery."""

from __future__ import annotations

import numpy as np
import polars as pl

from lakmus.simulate.deliveries import MISTAKES, WAYS
from lakmus.simulate.desk import STAFF
from lakmus.simulate.draws import NEVER, Draws
from lakmus.simulate.files import CompanyFiles, days, moments, numbered, roubles, table
from lakmus.simulate.goods import ARTICLES, NAMES
from lakmus.simulate.numbering import Numbering, staff_names
from lakmus.simulate.purchases import CHANNELS
from lakmus.simulate.season import Season
from lakmus.simulate.spoken import contact_texts
from lakmus.simulate.story import Story
from lakmus.simulate.texts.case_words import CONTACT_TOPICS

RETURN_REASONS = ("не подошёл размер", "не понравился", "не соответствует описанию", "передумал", "ошибся при заказе")
CONTACT_CHANNELS = ("телефон", "почта", "мессенджер")


def write_orders(files: CompanyFiles, story: Story, numbers: Numbering, season: Season, draws: Draws) -> None:
    """Write everything that the shop's own books hold about the block."""
    rng = draws.of("behaviour")
    _write_customers(files, story, numbers, season)
    placed, orders, deliveries = numbers.placed, story.orders, story.deliveries
    arrived = deliveries.delivered[placed] < season.minutes
    status = np.where(orders.cancelled[placed], 1, np.where(arrived, 0, 2))
    owner = orders.owner[placed]
    number = numbers.order.gather(placed)
    files.write(
        "orders",
        table(
            {
                "number": number,
                "at": moments(orders.at[placed], season),
                "customer": numbers.customer.gather(owner),
                "amount": roubles(orders.amount[placed]),
                "channel": pl.Series(CHANNELS).gather(orders.channel[placed]),
                "city": numbers.who.city.gather(owner),
                "status": pl.Series(("выполнен", "отменён", "в пути")).gather(status),
            }
        ),
    )
    files.write(
        "deliveries",
        table(
            {
                "number": number,
                "promised": days(deliveries.promised_day[placed], season),
                "delivered": moments(deliveries.delivered[placed], season),
                "way": pl.Series(WAYS).gather(deliveries.way[placed]),
            }
        ),
    )
    _write_lines(files, story, numbers)
    _write_returns(files, story, numbers, season, rng)
    _write_contacts(files, story, numbers, season, rng)


def _write_customers(files: CompanyFiles, story: Story, numbers: Numbering, season: Season) -> None:
    who = numbers.who
    registered = days(story.people.registered // (24 * 60), season)
    files.write(
        "customers",
        table(
            {
                "customer": numbers.customer,
                "name": who.full_name,
                "email": who.email,
                "phone": who.phone,
                "city": who.city,
                "registered": registered,
                "card": who.card,
            }
        ),
    )


def _write_lines(files: CompanyFiles, story: Story, numbers: Numbering) -> None:
    placed, lines = numbers.placed, story.lines
    count = story.orders.line_count[placed]
    ends = np.cumsum(count)
    inside = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - count, count)
    row = np.repeat(story.orders.line_first[placed], count) + inside
    files.write(
        "order_lines",
        table(
            {
                "number": numbers.order.gather(np.repeat(placed, count)),
                "article": pl.Series(ARTICLES).gather(lines.product[row]),
                "name": pl.Series(NAMES).gather(lines.product[row]),
                "quantity": lines.quantity[row],
                "price": roubles(lines.price[row]),
                "amount": roubles(lines.amount[row]),
            }
        ),
    )


def _write_returns(files: CompanyFiles, story: Story, numbers: Numbering, season: Season, rng: np.random.Generator) -> None:
    order = numbers.placed[story.deliveries.returned[numbers.placed]]
    index = np.arange(len(order))
    reason = rng.integers(0, len(RETURN_REASONS), len(order))
    within = story.deliveries.return_at[order] < season.minutes
    order, index, reason = order[within], index[within], reason[within]
    line = story.orders.line_first[order]
    mistake = story.deliveries.mistake[order]
    reason = np.where(story.deliveries.defect[order], len(RETURN_REASONS), reason)
    reason = np.where(mistake >= 0, len(RETURN_REASONS) + 1 + mistake, reason)
    reasons = pl.Series((*RETURN_REASONS, "брак", *MISTAKES)).gather(reason)
    files.write(
        "returns",
        table(
            {
                "number": numbered("ВЗ-", numbers.first_return, index),
                "order": numbers.order.gather(order),
                "at": moments(story.deliveries.return_at[order], season),
                "article": pl.Series(ARTICLES).gather(story.lines.product[line]),
                "quantity": story.lines.quantity[line],
                "amount": roubles(story.lines.amount[line]),
                "reason": reasons,
            }
        ),
    )


def _write_contacts(files: CompanyFiles, story: Story, numbers: Numbering, season: Season, rng: np.random.Generator) -> None:
    contacted = story.deliveries.contacted
    order = numbers.placed[(contacted[numbers.placed] < min(season.minutes, int(NEVER)))]
    order = order[np.argsort(contacted[order], kind="stable")]
    owner = story.orders.owner[order]
    topic, staff = rng.integers(0, len(CONTACT_TOPICS), len(order)), rng.integers(0, len(STAFF) - 2, len(order))
    files.write(
        "contacts",
        table(
            {
                "customer": numbers.customer.gather(owner),
                "at": moments(contacted[order], season),
                "order": numbers.order.gather(order),
                "channel": pl.Series(CONTACT_CHANNELS).gather(story.deliveries.contact_channel[order]),
                "topic": pl.Series(CONTACT_TOPICS).gather(topic),
                "staff": staff_names(staff),
                "text": contact_texts(rng, topic, woman=story.people.woman[owner]),
            }
        ),
    )
