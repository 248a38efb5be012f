"""Simulate a company: one block of customers after another, straight to its files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lakmus.history.failures import WrongUsage
from lakmus.history.wording import Wording
from lakmus.simulate.behaviour_rows import write_behaviour
from lakmus.simulate.case_rows import write_cases
from lakmus.simulate.draws import Draws
from lakmus.simulate.files import HEADERS, CompanyFiles
from lakmus.simulate.letter_rows import write_letters
from lakmus.simulate.numbering import Counters, number
from lakmus.simulate.offer_rows import write_offers
from lakmus.simulate.order_rows import write_orders
from lakmus.simulate.scenario import ERROR_CODES, Scenario, load_scenario
from lakmus.simulate.season import build_season
from lakmus.simulate.story import Story, tell
from lakmus.simulate.till_rows import write_till
from lakmus.simulate.truth import TruthFile
from lakmus.simulate.voice_rows import write_voices

BLOCK = 10_000
"""Customers simulated at a time. Part of the definition of the output: another size draws other customers."""
FIRST_CUSTOMER = 1_000_001

__all__ = ["Summary", "load_scenario", "simulate_company"]


@dataclass(frozen=True, slots=True)
class Summary:
    """What was written. Money in roubles: the sum of orders not cancelled.

    Parameters
    ----------
    lost : customers who have left for good before `end`. `silent`, `complained` : of those who suffered an error.
    errors : count by code. `rows` : count by file.
    """

    directory: Path
    scenario: str
    start: str
    end: str
    customers: int
    orders: int
    revenue: float
    lost: int
    silent: int
    complained: int
    errors: dict[str, int]
    rows: dict[str, int]


def simulate_company(
    directory: Path,
    *,
    customers: int,
    months: int,
    seed: int,
    scenario: Scenario,
    progress: Callable[[int], None] | None = None,
) -> Summary:
    """Write the company's CSV files and `truth.json` into `directory`, replacing those of an earlier company.

    Parameters
    ----------
    customers : how many, at least 1. `months` : length of the files up to the scenario's last day, at least 1.
    seed : the same seed, scenario, customers and months give the same bytes.
    progress : told the number of customers done, after each block.

    Raises
    ------
    WrongUsage : a number below its least, a directory that cannot be made or holds files of those names
    that were not made here.
    """
    _check(customers=customers, months=months, seed=seed)
    _make(directory)
    season = build_season(scenario, months=months)
    used, revenue = Counters(), 0
    with CompanyFiles(directory) as files, TruthFile(directory / "truth.json", scenario, season, seed) as truth:
        for block, first in enumerate(range(0, customers, BLOCK)):
            draws = Draws(seed, block)
            story = tell(scenario, season, draws, first_number=FIRST_CUSTOMER + first, count=min(BLOCK, customers - first))
            numbers = number(story, draws, used)
            for write in (write_orders, write_cases, write_voices, write_behaviour, write_letters, write_till, write_offers):
                write(files, story, numbers, season, draws)
            truth.write(story, numbers, files.told())
            used, revenue = numbers.next, revenue + _kopecks(story)
            if progress is not None:
                progress(min(first + BLOCK, customers))
    return Summary(
        directory=directory,
        scenario=scenario.name,
        start=str(season.start),
        end=str(season.end),
        customers=customers,
        orders=used.orders,
        revenue=revenue / 100,
        lost=truth.lost,
        silent=truth.silent,
        complained=truth.complained,
        errors={code: int(count) for code, count in zip(ERROR_CODES, truth.errors, strict=True)},
        rows=files.rows,
    )


def _kopecks(story: Story) -> int:
    return int(np.sum(story.orders.amount[story.placed & ~story.orders.cancelled]))


def _check(*, customers: int, months: int, seed: int) -> None:
    for name, ru, given, least, most in (
        ("customers", "клиентов", customers, 1, 9_000_000),
        ("months", "месяцев", months, 1, 240),
        ("seed", "зерно", seed, 0, 2**63 - 1),
    ):
        if not least <= given <= most:
            wording = Wording(
                ru=f"Нельзя смоделировать «{ru}: {given}»: число должно быть от {least} до {most}. Ничего не записано; исправьте его.",
                en=f"Cannot simulate {name} = {given}: it must lie between {least} and {most}. Nothing was written; correct it.",
            )
            raise WrongUsage("simulate_number_out_of_range", wording)


def _make(directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        wording = Wording(
            ru=f"Не удалось создать папку «{directory}»: {problem.strerror}. Ничего не записано; укажите другую папку.",
            en=f"The folder “{directory}” could not be made: {problem.strerror}. Nothing was written; name another folder.",
        )
        raise WrongUsage("simulate_folder_unusable", wording) from problem
    _spare_others(directory)


def _spare_others(directory: Path) -> None:
    taken = next((file.name for file in (directory / f"{name}.csv" for name in HEADERS) if file.exists()), None)
    if taken is not None and not (directory / "truth.json").exists():
        wording = Wording(
            ru=f"В папке «{directory}» уже лежит «{taken}», и создан он не здесь. Ничего не записано; укажите другую папку.",
            en=f"The folder “{directory}” holds “{taken}”, which was not made here. Nothing was written; name another folder.",
        )
        raise WrongUsage("simulate_folder_taken", wording)
