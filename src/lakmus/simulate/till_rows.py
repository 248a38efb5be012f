"""Rows of charges and refunds, and of the telephone's log."""

from __future__ import annotations

import numpy as np
import polars as pl

from lakmus.simulate.calls import ANSWERED, RESULTS, TOPICS
from lakmus.simulate.charges import WAYS, returned_sums
from lakmus.simulate.desk import STAFF, who_answers
from lakmus.simulate.draws import Draws
from lakmus.simulate.files import CompanyFiles, moments, roubles, table
from lakmus.simulate.numbering import Numbering, staff_names
from lakmus.simulate.season import Season
from lakmus.simulate.story import Story


def write_till(files: CompanyFiles, story: Story, numbers: Numbering, season: Season, draws: Draws) -> None:
    """Write what the block's customers were charged, what they got back, and their calls."""
    _write_charges(files, story, numbers, season)
    _write_calls(files, story, numbers, season, draws)


def _write_charges(files: CompanyFiles, story: Story, numbers: Numbering, season: Season) -> None:
    charges, placed = story.charges, numbers.placed
    returned = returned_sums(story.orders, story.lines)
    rows = ((charges.at, charges.amount), (charges.back_at, charges.back), (charges.return_back_at, returned))
    there = [placed[at[placed] < season.minutes] for at, _ in rows]
    order = np.concatenate(there)
    at, amount = (np.concatenate([row[place][index] for row, index in zip(rows, there, strict=True)]) for place in (0, 1))
    back = np.repeat(np.array([0, 1, 1]), [len(index) for index in there])
    row = np.argsort(at, kind="stable")
    files.write(
        "charges",
        table(
            {
                "order": numbers.order.gather(order[row]),
                "at": moments(at[row], season),
                "operation": pl.Series(("списание", "возврат")).gather(back[row]),
                "amount": roubles(amount[row]),
                "way": pl.Series(WAYS).gather(charges.way[order[row]]),
            }
        ),
    )


def _write_calls(files: CompanyFiles, story: Story, numbers: Numbering, season: Season, draws: Draws) -> None:
    calls, rng = story.calls, draws.of("calls").spawn(1)[0]
    row = np.argsort(calls.at, kind="stable")
    row = row[calls.at[row] < season.minutes]
    talked = calls.result[row] == ANSWERED
    staff = who_answers(rng.random(len(row)), calls.at[row], np.zeros(len(row), np.bool_))
    files.write(
        "telephone",
        table(
            {
                "at": moments(calls.at[row], season),
                "customer": numbers.customer.gather(calls.owner[row]),
                "direction": pl.Series(["входящий"] * len(row), dtype=pl.String),
                "result": pl.Series(RESULTS).gather(calls.result[row]),
                "waited": calls.waited[row],
                "minutes": calls.minutes[row] / 10.0,
                "staff": staff_names(np.where(talked, np.minimum(staff, len(STAFF) - 1), -1)),
                "topic": pl.Series(TOPICS).gather(calls.topic[row]),
            }
        ),
    )
