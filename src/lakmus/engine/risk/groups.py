"""Customers whom no rhythm of their own describes: what is said of them, judged on the company's own past, group by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from scipy import special

from lakmus.engine.arrays import Floats, Ints
from lakmus.engine.backtest import Backtest, BacktestCut, GroupBacktest, RuleFigures
from lakmus.engine.risk.figures import figures_of
from lakmus.engine.risk.judged import JudgedCut
from lakmus.engine.risk.levels import UNKNOWN_LEVEL, level_of, missing_level
from lakmus.engine.risk.probability import FALL_RULE, GAP_RULE, MODEL
from lakmus.engine.risk.survival import (
    LEVELS,
    STEPS_A_HORIZON,
    Axis,
    LifeCounts,
    LifeRisk,
    LifeTable,
    hazards_of,
    risk_of_lives,
    share_of_lives,
)
from lakmus.engine.verdict import RiskGroup
from lakmus.history.estimate import NotEnoughEvidence
from lakmus.history.wording import Wording

REGULAR, NEW, ONE_TIME, CONTRACT = "regular", "new", "one_time", "contract"
GROUPS = (REGULAR, NEW, ONE_TIME, CONTRACT)
SURVIVAL, SHARE, NOTHING = "survival", "share", "nothing"
NEEDED_JUDGED = 50
"""So many customers of a group at past cuts are needed before one share for everybody may stand in the place of hazards."""
TITLES = {
    REGULAR: Wording("Постоянные", "Regulars"),
    NEW: Wording("Новые", "New customers"),
    ONE_TIME: Wording("Купили один раз", "Bought once"),
    CONTRACT: Wording("С договором", "With a contract"),
}
MEANINGS = {
    REGULAR: Wording(
        "Покупали хотя бы в два разных дня и не потеряны. Риск – что за {days} дн. не купят ни разу.",
        "Bought on at least two days and are not lost. The risk is that they buy nothing within {days} days.",
    ),
    NEW: Wording(
        "Первая покупка была меньше {days} дн. назад, второй ещё нет. Риск – что её не будет и за следующие {days} дн. "
        "Это не уход: многие покупают один раз, и судим о них по таким же новым клиентам.",
        "The first purchase was less than {days} days ago, there is no second one yet. The risk is that none follows within {days} days. "
        "That is not leaving: many buy once, and they are judged by other new customers.",
    ),
    ONE_TIME: Wording(
        "Купили один раз, больше {days} дн. назад. В потерянных не считаем: ритма у них не было. "
        "Риск – что не вернутся за следующие {days} дн.",
        "Bought once, more than {days} days ago. They do not count as lost: they never had a rhythm. "
        "The risk is that they do not return within {days} days.",
    ),
    CONTRACT: Wording(
        "Договор действует. Риск – что за {days} дн. предупредят об уходе или закончат его.",
        "The contract runs. The risk is that they give notice or end it within {days} days.",
    ),
}
METHODS = {
    MODEL: Wording("модель: на прошлом компании она точнее обоих правил", "a model: on the company's past it beat both rules"),
    GAP_RULE: Wording("правило «не покупал дольше обычного»", "the rule “longer without a purchase than usual”"),
    FALL_RULE: Wording("правило «упало на 20 %»", "the rule “fell by 20%”"),
    SURVIVAL: Wording("по тому, как скоро это случалось с такими же клиентами", "how soon it happened with customers like them"),
    SHARE: Wording("одна доля для всех: точнее на прошлом не вышло", "one share for all: nothing did better on the past"),
    NOTHING: Wording("сказать пока нельзя: таких клиентов мало", "cannot be said yet: there are too few of them"),
}
_UNJUDGED = Wording(
    "Риск таких клиентов ещё нельзя проверить на прошлом: слишком мало их было.",
    "The risk of such customers cannot be judged on the past yet: there were too few of them.",
)
_SHORT = Wording("Слишком мало таких клиентов в прошлом, чтобы назвать их риск.", "Too few such customers in the past to name their risk.")


def groups_of(
    backtest: Backtest, told: Mapping[str, tuple[int, float]], *, horizon_days: int | None, contract_days: int
) -> tuple[RiskGroup, ...]:
    """Return the groups of the label card: how the risk of each is made, of how many something is said, and their mean risk.

    Parameters
    ----------
    told : of each group, of how many something is said and the sum of their probabilities.
    """
    methods = {group.code: group.used for group in backtest.groups}
    if horizon_days is not None:
        methods[REGULAR] = backtest.used
    shown = []
    for code in GROUPS:
        count, whole = told.get(code, (0, 0.0))
        if code in methods:
            days = horizon_days if horizon_days is not None else contract_days
            method = methods[code] if count or methods[code] == NOTHING else NOTHING
            mean = round(whole / count, 6) if count else None
            shown.append(RiskGroup(code, TITLES[code], MEANINGS[code].filled(days=days), method, METHODS[method], days, count, mean))
    return tuple(shown)


@dataclass(frozen=True)
class LivesJudged:
    """What is said of the customers on one axis (None: of nobody), how their groups did on the past, and what was said of them then."""

    risk: LifeRisk | None
    groups: tuple[GroupBacktest, ...]
    past: tuple[JudgedCut, ...] = ()


def group_of_steps(axis: Axis) -> dict[str, slice]:
    """Return the groups on an axis and the steps at which each stands."""
    if axis.happening_is_loss:
        return {CONTRACT: slice(0, None)}
    return {NEW: slice(0, STEPS_A_HORIZON), ONE_TIME: slice(STEPS_A_HORIZON, None)}


def judge_lives(counts: LifeCounts, axis: Axis, cuts: Sequence[datetime], horizons: Sequence[float]) -> LivesJudged:
    """Return what is said as of now, and what would have been said at each past cut from what was known then, against what came.

    Each cut's hazards come from steps that had ended by then, as they were known; its level from cuts before it. A group's hazards give
    way to one share for everybody, learned from the same earlier cuts, where its mean Brier score at the judged cuts is lower. With too few
    to judge they stand, and the group's `shortage` says so: a share is that of customers who came early, and too low in a young company.

    Parameters
    ----------
    cuts : latest first, one horizon apart; as many as were counted. horizons : see `LifeReading`.
    """
    tables = hazards_of(counts, axis, horizons)
    groups, whole, cases, past = [], _nobody(axis), 0, list[JudgedCut]()
    for code, steps in group_of_steps(axis).items():
        own = np.zeros_like(counts.standing[: len(cuts)])
        own[:, steps] = counts.standing[: len(cuts), steps]
        said = _levelled(tables, own, axis)
        group, risk = _judge_group(code, own, said, axis, cuts)
        groups.append(group)
        then = dict(zip(cuts, said[1:], strict=True))
        past += [JudgedCut(cut.as_of, code, lives=then[cut.as_of]) for cut in group.cuts]
        cases = max(cases, risk.cases)
        for name in ("logit", "spread", "mean_logit"):
            getattr(whole, name)[steps] = getattr(risk, name)[steps]
    some = any(group.used != NOTHING for group in groups)
    return LivesJudged(replace(whole, cases=cases) if some else None, tuple(groups), tuple(past))


def _levelled(tables: Sequence[LifeTable | None], own: Ints, axis: Axis) -> list[LifeRisk | None]:
    """Return what the hazards of each view say of one group, moved by what was missing of its level at the cuts before that view."""
    missing: list[tuple[float, float] | None] = [None]
    for table, stood in zip(tables[1:], own, strict=True):
        lost, whole = stood[..., 1].ravel().astype(np.float64), stood.sum(axis=-1).ravel().astype(np.float64)
        missing.append(None if table is None or not whole.any() else missing_level(table.logit.ravel(), lost, whole))
    levels = [level_of([off for off in missing[view + 1 :] if off is not None]) for view in range(len(tables))]
    return [None if table is None else risk_of_lives(table, level, axis) for table, level in zip(tables, levels, strict=True)]


def _nobody(axis: Axis) -> LifeRisk:
    shape = (axis.followed + 1, *LEVELS)
    return LifeRisk(axis, np.full(shape, np.nan), np.full(shape, np.nan), np.full(shape[0], np.nan), 0)


def _judge_group(
    code: str, own: Ints, said: Sequence[LifeRisk | None], axis: Axis, cuts: Sequence[datetime]
) -> tuple[GroupBacktest, LifeRisk]:
    """Return a group's past, and what is said of it as of now: by hazards, by one share, or nothing.

    Parameters
    ----------
    own : who of the group stood where at each cut. said : what hazards say as of now and at each cut.
    """
    judged = []
    for place, cut in enumerate(cuts):
        share, hazards = share_of_lives(own[place + 1 :].sum(axis=0), UNKNOWN_LEVEL, axis), said[place + 1]
        if share is not None and hazards is not None and own[place].sum() > 0:
            judged.append(_cut(cut, own[place], hazards, share))
    now, share = said[0], share_of_lives(own.sum(axis=0), UNKNOWN_LEVEL, axis)
    enough = sum(cut.n for cut in judged) >= NEEDED_JUDGED
    worse = enough and _mean_brier([cut.model for cut in judged]) > _mean_brier([cut.rules[SHARE] for cut in judged])
    if now is not None and not worse:
        unjudged = None if enough else NotEnoughEvidence(_UNJUDGED, NEEDED_JUDGED, sum(cut.n for cut in judged))
        return GroupBacktest(code, TITLES[code], SURVIVAL, tuple(judged), unjudged), _centred(now, own)
    if share is not None:
        return GroupBacktest(code, TITLES[code], SHARE, tuple(judged)), share
    short = NotEnoughEvidence(_SHORT, NEEDED_JUDGED, int(own.sum()))
    return GroupBacktest(code, TITLES[code], NOTHING, tuple(judged), short), _nobody(axis)


def _centred(risk: LifeRisk, own: Ints) -> LifeRisk:
    """Return the risk with the mean of those who stood there at past cuts, from which contributions are counted."""
    weight = own.sum(axis=(0, -1)) + 1e-6
    mean = float((special.expit(risk.logit) * weight).sum() / weight.sum())
    return LifeRisk(risk.axis, risk.logit, risk.spread, np.full(len(risk.logit), special.logit(mean)), risk.cases)


def _cut(cut: datetime, stood: Ints, hazards: LifeRisk, share: LifeRisk) -> BacktestCut:
    return BacktestCut(
        as_of=cut,
        n=int(stood.sum()),
        churned=int(stood[..., 1].sum()),
        model=_figures(hazards, stood, calibrated=True),
        rules={SHARE: _figures(share, stood, calibrated=False)},
        earliness_days=None,
        false_alarms=None,
    )


def _figures(risk: LifeRisk, stood: Ints, *, calibrated: bool) -> RuleFigures:
    probability: Floats = special.expit(risk.logit)
    # Whoever stands in one place shares all of its doubt: no part of the interval averages out over customers.
    doubt = risk.spread / 1.96
    return figures_of(probability, stood[..., 0], stood[..., 1], named=0, named_and_lost=0, calibrated=calibrated, drift=doubt)


def _mean_brier(figures: Sequence[RuleFigures]) -> float:
    return float(np.mean([one.brier for one in figures if one.brier is not None]))
