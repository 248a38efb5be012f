"""What moved a customer's risk since an earlier run: by component, adding up to the whole change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lakmus.engine.verdict import Definition
from lakmus.history.wording import Wording
from lakmus.usecases.house.home import Home
from lakmus.usecases.show_verdict import RUN, Shown, run_of
from lakmus.usecases.signals.lay_out_people import KEYS, PEOPLE, rank_of, rows_of

MEAN = "company_mean"
COMPANY_MEAN = Wording("среднее по компании", "the company's mean")


@dataclass(frozen=True, slots=True)
class Moved:
    """One component: its part of the probability then and now, and the difference; all in 0..1."""

    code: str
    then: float
    now: float
    points: float


@dataclass(frozen=True, slots=True)
class RiskChange:
    """How a customer's risk moved since the last run before this one.

    Parameters
    ----------
    then_at : the moment that run looked from. then_state, then_probability, now_probability : None where nothing was said. points : the
    whole change, the sum of `parts`, the strongest first. same_terms : False where "lost" or its horizon meant something else then, so
    that the two are not the same question.
    """

    then_at: datetime
    then_state: str | None
    then_probability: float | None
    now_probability: float | None
    points: float | None
    parts: tuple[Moved, ...]
    same_terms: bool


def risk_change(home: Home, shown: Shown, customer: str, row: dict[str, Any]) -> RiskChange | None:
    """Return how the risk moved since the latest kept run that looked from an earlier moment; None where no such run is kept.

    What was said then is read from that run's own tables: today's model is not asked about the past.

    Parameters
    ----------
    customer, row : the customer, and their row of the table of customers now.
    """
    earlier = _earlier(home, shown)
    if earlier is None:
        return None
    then_at, folder, version = earlier
    rank = rank_of(home.results / folder, customer)
    before = (
        rows_of(home.results / folder, [rank])[0]
        if rank
        else dict.fromkeys(("state", "churn_probability", "horizon_days", "contributions"))
    )
    then, now = before["churn_probability"], row["churn_probability"]
    definition: Definition = shown.verdict.definition
    same = version == definition.version and before["horizon_days"] in (None, row["horizon_days"])
    if then is None or now is None:
        return RiskChange(then_at, before["state"], then, now, None, (), same)
    old, new = _parts(before), _parts(row)
    codes = dict.fromkeys([*new, *old])
    moved = [Moved(code, old.get(code, 0.0), new.get(code, 0.0), new.get(code, 0.0) - old.get(code, 0.0)) for code in codes]
    parts = tuple(sorted((part for part in moved if part.points), key=lambda part: (-abs(part.points), part.code)))
    return RiskChange(then_at, before["state"], then, now, now - then, parts, same)


def _parts(row: dict[str, Any]) -> dict[str, float]:
    """Return the components of a probability, which add up to it; the company's mean is what signs leave over."""
    signs = {part["signal"]: part["points"] for part in row["contributions"] or ()}
    return {MEAN: row["churn_probability"] - sum(signs.values()), **signs}


def _earlier(home: Home, shown: Shown) -> tuple[datetime, str, str] | None:
    """Return moment, folder and definition of the latest kept run of this program that looked from before `shown`."""
    mine, runs = run_of(shown.folder), []
    for path in home.results.glob(f"*/{RUN}"):
        told = run_of(path.parent)
        if told is None or mine is None or told["engine"] != mine["engine"] or not (path.parent / PEOPLE / KEYS).exists():
            continue
        at = datetime.fromisoformat(told["as_of"])
        if at < shown.as_of:
            runs.append((at, path.parent.name, told["definition"]))
    return max(runs, default=None)
