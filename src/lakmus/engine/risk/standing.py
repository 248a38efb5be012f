"""Where each customer of a bucket stands at a moment: the state, since when, and whether and when they were lost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lakmus.engine.arrays import Flags, Ints
from lakmus.engine.bucket import Facts
from lakmus.engine.risk.contracts import contract_ends
from lakmus.engine.risk.states import LOST, NEVER, states
from lakmus.engine.signals.rhythm import CompanyRhythm, Gaps, PersonalRhythm, Purchases, completed_gaps, personal_rhythm


@dataclass(frozen=True)
class Standing:
    """Arrays of shape (n,): `state`; `since_us`; `lost_us` (-1 where not lost); `due_us`: when one who bought on two days and is not lost
    will count as lost, if nothing is bought until then (-1: nobody can say); `contract`: has or had one."""

    state: npt.NDArray[np.object_]
    since_us: Ints
    lost_us: Ints
    due_us: Ints
    contract: Flags
    gaps: Gaps
    rhythm: PersonalRhythm


def standing(
    facts: Facts,
    bought: Purchases,
    company: CompanyRhythm,
    second_lamp_us: Ints,
    *,
    known_since_us: Ints,
    horizon_days: int | Ints,
    now_us: int,
    contracts: bool = True,
) -> Standing:
    """Return where each customer stands; silence and the end of a contract are both a loss, the earlier one counts.

    Parameters
    ----------
    facts, bought : one bucket's, as of the moment. company : the company's rhythm. known_since_us : (n,) first activity.
    second_lamp_us : (n,) when the second lamp went out, -1 where fewer than two are out. now_us : the moment, microseconds.
    horizon_days : of all, or (n,) of each. contracts : False where silence alone is a loss (`history.company.LossTerms.basis`).
    """
    counts = np.bincount(bought.owner, minlength=bought.count)
    gaps = completed_gaps(bought)
    rhythm = personal_rhythm(bought, gaps, company)
    lamps_us = np.where(second_lamp_us >= 0, second_lamp_us, NEVER)
    placed = states(bought, gaps, rhythm, lamps_us, known_since_us=known_since_us, horizon_days=horizon_days, now_us=now_us)
    contract, ended_us = contract_ends(facts)
    if not contracts:
        contract, ended_us = np.zeros_like(contract), np.full_like(ended_us, -1)
    silent = (placed.lost_us >= 0) & (placed.lost_us <= now_us) & (counts >= 2)
    lost_us = np.where(silent, placed.lost_us, -1)
    lost_us = np.where((ended_us >= 0) & ((ended_us < lost_us) | ~silent), ended_us, lost_us)
    lost = lost_us >= 0
    due_us = np.where((counts >= 2) & ~lost, placed.lost_us, -1)
    return Standing(np.where(lost, LOST, placed.name), np.where(lost, lost_us, placed.since_us), lost_us, due_us, contract, gaps, rhythm)
