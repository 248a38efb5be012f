"""The company's own past as judge: what would have been said at past cuts, against what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from scipy import special

from lakmus.engine.arrays import Flags, Floats, Ints
from lakmus.engine.backtest import Backtest, BacktestCut, RuleFigures, SegmentFigures, Stability
from lakmus.engine.risk.blend import RiskModel
from lakmus.engine.risk.figures import figures_of
from lakmus.engine.risk.levels import level_of, missing_level
from lakmus.engine.risk.probability import FALL_RULE, GAP_RULE, MODEL, RULES, RiskTable, learn_risk
from lakmus.engine.risk.snapshots import EXPERIENCE_EDGES, Snapshot, summed
from lakmus.history.estimate import NotEnoughEvidence
from lakmus.history.wording import Wording

NEEDED_LOST = 30
NEEDED_CUTS = 2
SURELY = 2.326
"""In 99 of 100 cases chance alone gives less."""
NAMED_FROM = 0.5
NAMED_FROM_MEANS = 2.0
"""A customer is named who is twice as likely to leave as the company's customers are on average, or likelier to leave than to stay."""

EXPERIENCES = (3, 6, 10)
EXPERIENCE_TITLES = {
    "two": Wording("две покупки", "two purchases"),
    "three_to_five": Wording("3–5 покупок", "3 to 5 purchases"),
    "six_to_nine": Wording("6–9 покупок", "6 to 9 purchases"),
    "ten_and_more": Wording("10 покупок и больше", "10 purchases and more"),
}
SHORT_PAST = Wording(
    "Для проверки на прошлом нужны хотя бы два срока подряд, и в каждом – не меньше {needed} потерянных клиентов.",
    "A check on the past needs at least two horizons in a row, with {needed} lost customers in each at least.",
)
SHORT_PAST_OF = Wording(
    "Для проверки на прошлом нужны хотя бы два срока подряд по {days} дн., и в каждом – не меньше {needed} потерянных клиентов: "
    "загрузите историю длиннее или выберите срок короче.",
    "A check on the past needs at least two horizons of {days} days in a row, with {needed} lost customers in each at least: "
    "import a longer history, or choose a shorter horizon.",
)


@dataclass(frozen=True)
class JudgedRows:
    """What the blend said at a past cut, customer by customer (n,), and what came; `mean`: its mean probability before the cut.

    `purchases`: how many each had made. In large companies these are the customers drawn by lot; `BacktestCut.n` and the rules count
    everybody. `drift`: by how much the level was in doubt then (`levels`). `blend`: what said it.
    """

    probability: Floats
    lost: Floats
    silent_days: Floats
    purchases: Floats
    mean: float
    drift: float
    blend: RiskModel | None = None


def backtest(cuts: Sequence[datetime], snapshots: Sequence[Snapshot], *, horizon_days: int | None) -> Backtest:
    """Return the figures of the table of cells and the naive rules at each past cut (see `judge`)."""
    return judge(cuts, snapshots, [None] * len(cuts), horizon_days=horizon_days)


def judge(
    cuts: Sequence[datetime], snapshots: Sequence[Snapshot], rows: Sequence[JudgedRows | None], *, horizon_days: int | None
) -> Backtest:
    """Return the figures of model and naive rules at each past cut that has an earlier, fully observed cut to learn from.

    The model is the blend where it was there at every judged cut and had the lower mean Brier score there, otherwise the table of cells.

    Parameters
    ----------
    cuts : moments, latest first, one horizon apart. snapshots : their counts. rows : what the blend said at each cut, None where it could
    not be learned. horizon_days : None when the rhythm is unknown.
    """
    by_table, by_blend = [], []
    for place, (cut, counted) in enumerate(zip(cuts, snapshots, strict=True)):
        earlier = summed(snapshots[place + 1 :])
        if _lost(earlier) >= NEEDED_LOST and _lost(counted) >= NEEDED_LOST and _lost(counted) < counted.cells.sum():
            by_table.append(_judge(cut, counted, earlier, drift_of(snapshots[place + 1 :], MODEL)))
            said = rows[place]
            if said is not None and 0 < said.lost.sum() < said.lost.size:
                by_blend.append(_with_blend(by_table[-1], said, horizon_days or 0))
    if not by_table or horizon_days is None:
        usable = sum(_lost(part) >= NEEDED_LOST for part in snapshots)
        reason = (SHORT_PAST if horizon_days is None else SHORT_PAST_OF).filled(needed=NEEDED_LOST, days=horizon_days)
        shortage = NotEnoughEvidence(reason, NEEDED_CUTS, min(usable, NEEDED_CUTS - 1))
        return Backtest((), GAP_RULE, shortage.reason, shortage)
    blended = len(by_blend) == len(by_table) and _mean_brier(by_blend) < _mean_brier(by_table)
    judged = by_blend if blended else by_table
    used = _chosen(judged)
    words = _words(judged[0], horizon_days, used)
    return Backtest(tuple(judged), used, words, stability=stability_of(judged), blended=blended)


def named_by(probability: Floats, mean: float) -> Flags:
    """Return whom a model names, of any shape, by what it says and its mean probability before the cut.

    To nine decimals: over other rows beside it a sum may differ in its last digit.
    """
    return np.asarray(np.round(probability, 9) >= round(min(NAMED_FROM, NAMED_FROM_MEANS * mean), 9))


def stability_of(judged: Sequence[BacktestCut]) -> tuple[Stability, ...]:
    """Return how AUC, Brier score, ECE and the precision of the first 20 differ over the judged cuts; none with a single cut."""
    told = []
    for code in ("auc", "brier", "ece", "precision20"):
        found = [figure for cut in judged if (figure := getattr(cut.model, code)) is not None]
        if len(found) > 1:
            told.append(Stability(code, float(np.mean(found)), min(found), max(found), len(found)))
    return tuple(told)


def drift_of(snapshots: Sequence[Snapshot], used: str) -> float:
    """Return how far the level of the table of cells (or of a rule) was off from one cut to the next, as `levels.level_of` has it."""
    missing = []
    for place, counted in enumerate(snapshots):
        earlier = summed(snapshots[place + 1 :])
        if _lost(earlier) >= NEEDED_LOST and counted.cells.sum() > 0:
            said = special.logit(np.clip(learn_risk(earlier, used).probability.ravel(), 1e-6, 1 - 1e-6))
            lost = counted.cells[..., 1].ravel().astype(np.float64)
            missing.append(missing_level(said, lost, lost + counted.cells[..., 0].ravel()))
    return level_of(missing).drift


def _mean_brier(judged: Sequence[BacktestCut]) -> float:
    return float(np.mean([cut.model.brier for cut in judged if cut.model.brier is not None]))


def _with_blend(cut: BacktestCut, said: JudgedRows, horizon_days: int) -> BacktestCut:
    """Return a judged cut with the blend as its model; counts are those of everybody, in proportion where the rows were drawn by lot."""
    chosen = named_by(said.probability, said.mean)
    named, hit = int(chosen.sum()), int(said.lost[chosen].sum())
    share = cut.n / said.lost.size
    kept = 1 - said.lost
    figures = figures_of(said.probability, kept, said.lost, named=round(named * share), named_and_lost=round(hit * share), drift=said.drift)
    ahead = float((horizon_days - said.silent_days[chosen & (said.lost > 0)]).mean()) if hit else None
    place = np.searchsorted(EXPERIENCES, said.purchases, side="right")
    judged = replace(cut, model=figures, segments=_segments(said.probability, kept, said.lost, place))
    return replace(judged, earliness_days=ahead, false_alarms=(named - hit) / named) if named else judged


def _segments(probability: Floats, kept: Floats, lost: Floats, place: Ints) -> tuple[SegmentFigures, ...]:
    """Return the model's figures by number of purchases; `place` (n,) is the class of each row, empty classes are left out."""
    told = []
    for one, (code, title) in enumerate(EXPERIENCE_TITLES.items()):
        own = (place == one) & (kept + lost > 0)
        n, churned = float((kept + lost)[own].sum()), float(lost[own].sum())
        if n:
            figures = figures_of(probability[own], kept[own], lost[own], named=0, named_and_lost=0, calibrated=False)
            said = float((probability[own] * (kept + lost)[own]).sum() / n)
            told.append(SegmentFigures(code, title, round(n), round(churned), said, churned / n, figures.auc, figures.brier or 0.0))
    return tuple(told)


def _lost(counted: Snapshot) -> int:
    return int(counted.cells[..., 1].sum())


def _judge(cut: datetime, counted: Snapshot, earlier: Snapshot, drift: float) -> BacktestCut:
    figures, named = {}, None
    for way in (MODEL, *RULES):
        table = learn_risk(earlier, way)
        named = _names(way, table)
        figures[way] = _figures(table.probability, counted.cells, named, calibrated=way == MODEL, drift=drift)
        if way == MODEL:
            model_named, said = named, table.probability
    cells, lost = counted.cells, counted.cells[..., 1]
    whom = model_named if figures[MODEL].named else _names(GAP_RULE, table)
    named_count, hit = int(cells[whom].sum()), int(lost[whom].sum())
    by_cell = lost.sum(axis=(2, 3))
    mean_ahead = np.divide(counted.ahead_days, by_cell, out=np.zeros_like(counted.ahead_days), where=by_cell > 0)
    ahead = float((mean_ahead[:, :, None, None] * np.where(whom, lost, 0)).sum() / hit) if hit else None
    return BacktestCut(
        as_of=cut,
        n=int(cells.sum()),
        churned=_lost(counted),
        model=figures[MODEL],
        rules={rule: figures[rule] for rule in RULES},
        earliness_days=ahead,
        false_alarms=(named_count - hit) / named_count if named_count else None,
        segments=_segments(said, cells[..., 0].astype(np.float64), lost.astype(np.float64), _experience_of_cells(said.shape)),
    )


def _experience_of_cells(shape: tuple[int, ...]) -> Ints:
    """Return which class of `EXPERIENCE_TITLES` each cell stands in."""
    least = np.array([2, *EXPERIENCE_EDGES])
    classes = np.searchsorted(EXPERIENCES, least, side="right").astype(np.int64)
    return np.broadcast_to(classes[None, :, None, None], shape)


def _names(way: str, table: RiskTable) -> Flags:
    """Return which cells a way of judging names: the model by what it learned before the cut, a rule by itself."""
    if way == MODEL:
        return named_by(table.probability, table.mean)
    named = np.zeros(table.probability.shape, dtype=bool)
    if way == GAP_RULE:
        named[:, :, 1, :] = True
    else:
        named[:, :, :, 1] = True
    return named


def _figures(probability: Floats, cells: Ints, named: Flags, *, calibrated: bool = False, drift: float = 0.0) -> RuleFigures:
    """Return the figures of cell probabilities against counts of (kept, lost) by cell."""
    counts = {"named": int(cells[named].sum()), "named_and_lost": int(cells[..., 1][named].sum())}
    return figures_of(probability, cells[..., 0], cells[..., 1], **counts, calibrated=calibrated, drift=drift)


def _chosen(cuts: Sequence[BacktestCut]) -> str:
    """Return `model` when it is better than both rules in mean AUC, beyond chance, and no worse in mean Brier; otherwise the better rule.

    Beyond chance: by SURELY standard errors of the mean AUC of the model (Hanley and McNeil, 1982). Where nothing tells who leaves, one of
    several ways of naming is always ahead of the others by luck.
    """

    def mean(figures: Sequence[float | None]) -> float:
        return float(np.mean([figure for figure in figures if figure is not None]))

    auc = {rule: mean([cut.rules[rule].auc for cut in cuts]) for rule in RULES}
    brier = {rule: mean([cut.rules[rule].brier for cut in cuts]) for rule in RULES}
    best = max(RULES, key=lambda rule: auc[rule])
    model_auc, model_brier = mean([cut.model.auc for cut in cuts]), mean([cut.model.brier for cut in cuts])
    error = float(np.sqrt(sum(_auc_variance(cut) for cut in cuts))) / len(cuts)
    return MODEL if model_auc - auc[best] > SURELY * error and model_brier <= min(brier.values()) else best


def _auc_variance(cut: BacktestCut) -> float:
    """Return the variance of the model's AUC at a cut by the formula of Hanley and McNeil (1982)."""
    area, lost, kept = cut.model.auc or 0.5, max(cut.churned, 1), max(cut.n - cut.churned, 1)
    both_lost, both_kept = area / (2 - area), 2 * area**2 / (1 + area)
    return (area * (1 - area) + (lost - 1) * (both_lost - area**2) + (kept - 1) * (both_kept - area**2)) / (lost * kept)


def _words(cut: BacktestCut, horizon_days: int, used: str) -> Wording:
    """Say in an owner's words what the latest judged cut showed; every number is a figure of that cut."""
    shown = cut.model if used == MODEL and cut.model.named else cut.rules[GAP_RULE if used == MODEL else used]
    if not shown.named:
        return Wording(
            "На прошлом: ни о ком нельзя было сказать, что он уйдёт заметно вероятнее других.",
            "On the past: of nobody could it be said that they were much likelier to leave than others.",
        )
    found = round(100 * shown.named_and_lost / cut.churned)
    false = round(100 * (shown.named - shown.named_and_lost) / shown.named)
    rule = cut.rules[FALL_RULE]
    rule_found = round(100 * rule.named_and_lost / cut.churned)
    rule_false = round(100 * (rule.named - rule.named_and_lost) / rule.named) if rule.named else 0
    ahead = "" if cut.earliness_days is None else round(cut.earliness_days)
    return Wording(
        "Если бы Лакмус стоял у вас {day}, он назвал бы {found} из 100 ушедших за следующие {horizon} дн., в среднем за {ahead} дн. "
        "до ухода. "
        "Из 100 тревог {false} оказались бы ложными. Правило «упало на 20 %» назвало бы {rule_found} из 100 и ошиблось бы в "
        "{rule_false} из 100 тревог.",
        "Had Lakmus stood here on {day}, it would have named {found} of 100 who left in the next {horizon} days, {ahead} days before "
        "on average. "
        "Of 100 alarms {false} would have been false. The rule “fell by 20%” would have named {rule_found} of 100, with "
        "{rule_false} of 100 alarms false.",
    ).filled(
        day=Wording(cut.as_of.strftime("%d.%m.%Y"), cut.as_of.strftime("%Y-%m-%d")),
        found=found,
        horizon=horizon_days,
        ahead=ahead,
        false=false,
        rule_found=rule_found,
        rule_false=rule_false,
    )
