"""What said something at a judged past cut, kept so that the figures of the check open to the customers they count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lakmus.engine.risk.blend import RiskModel
from lakmus.engine.risk.probability import RiskTable
from lakmus.engine.risk.survival import LifeRisk


@dataclass(frozen=True)
class JudgedCut:
    """How something was said of one group of customers (`groups.GROUPS`) at one judged cut, learned from what was known before it.

    `table`: of regulars, the cells; `blend`: of regulars, None where the cells are what was judged. `lives`: of those who wait.
    """

    at: datetime
    group: str
    table: RiskTable | None = None
    blend: RiskModel | None = None
    lives: LifeRisk | None = None
