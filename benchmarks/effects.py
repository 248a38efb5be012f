"""Claim: the effect of each error is estimated without bias, with intervals that hold; a made-up error shows nothing; faster than peers.

    python -m benchmarks.effects --runs 200 --peers 5
    python -m benchmarks.effects --runs 50 --peers 0 --invented 6 --parts

Companies with known truth over five scenarios; the truth is the same draws with the very error forgiven (`true_effects.worlds`), on the
same outcome and the same exposed moments. `--parts` judges the intervals of parts of the exposed likewise (by delay, turn, place,
channel, topic and other error), `--invented` draws so many invented errors for each real one; "believed" is the part of them whose p, put
in the place of the real one's among all errors of the company and adjusted, is at most .05. DoubleML and EconML, where installed, see
the same moments and the same covariates, with logistic regressions of scikit-learn. `--scenarios` takes names or paths of other scenario
files.
"""

from __future__ import annotations

import argparse
import importlib.util
import math
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pyarrow as pa
from scipy import special

from benchmarks.true_effects.worlds import OtherWorld, other_world, true_effects
from lakmus.engine.bucket import facts_until
from lakmus.engine.causes.design import design_of
from lakmus.engine.causes.difference import adjusted_p
from lakmus.engine.causes.dose import DAY_EDGES, LEAST_SIDE, MINUTE_EDGES, UNITS
from lakmus.engine.causes.doubly_robust import Effect, effect_of
from lakmus.engine.causes.doubt import Among
from lakmus.engine.causes.findings import harms_of, invented_effect
from lakmus.engine.causes.links import told_apart
from lakmus.engine.causes.moments import followed
from lakmus.engine.causes.rows import Rows, owner_hash, rows_of_bucket, together, unscaled
from lakmus.engine.causes.segments import DIMENSIONS
from lakmus.engine.errors.detector import Scene
from lakmus.engine.errors.search import CODES, by_facts, find_errors, leading
from lakmus.engine.learning import read_rhythm, rhythm_learned
from lakmus.engine.signals.sight import bucket_purchases
from lakmus.engine.text.voice import voiced
from lakmus.history.company import Company
from lakmus.history.estimate import Estimate, Finding
from lakmus.simulate.company import simulate_company
from lakmus.simulate.scenario import load_scenario
from tests.engine.simulated import activities

SCENARIOS = ("default", "confounded", "late_deliveries", "slow_desk", "quiet")
MONTHS = 24
MADE_UP = "invented"
SURE = 0.05
"""A comparison is believed where its p, adjusted over all errors of the company, is at most this."""
Found = dict[tuple[str, str], list[tuple[float, float, float, float]]]


def moments_of(table: pa.Table, *, company: Company, as_of: datetime) -> tuple[dict[str, Rows], pl.DataFrame, int]:
    """Return rows by code, the moments behind them, and the horizon in days: what `score_bucket` gives for causes and nothing else."""
    learned = rhythm_learned([read_rhythm(table, 0, as_of=as_of, time_zone=company.time_zone)], as_of=as_of, loss=company.loss)
    horizon = learned.definition.horizon_days
    if horizon is None:
        raise SystemExit("the company is too small for a horizon")
    facts = facts_until(table, as_of=as_of)
    scene = Scene(facts, learned.feeds, company, as_of)
    found = find_errors(scene)
    bought = bucket_purchases(scene.orders, facts.customers, time_zone=company.time_zone)
    moments = followed(found.moments, bought, horizon_days=horizon, as_of=as_of)
    moments = moments.filter(pl.col("detector").is_in(list(leading(learned.feeds).values())))
    moments = told_apart(moments, by_facts(found.errors))
    rows = rows_of_bucket(moments, scene, found.errors, voiced(facts), bought, horizon_days=horizon)
    return {code: together([own]) for code, own in rows.items()}, moments, horizon


def company_of(scenario: str, *, customers: int, seed: int) -> tuple[dict[str, Rows], pl.DataFrame, int, OtherWorld]:
    """Simulate one company and return its rows, moments, horizon and other world."""
    planted = load_scenario(scenario)
    folder = Path(tempfile.mkdtemp(prefix="effects-"))
    try:
        simulate_company(folder, customers=customers, months=MONTHS, seed=seed, scenario=planted)
        table = activities(folder)
    finally:
        shutil.rmtree(folder)
    end = datetime.combine(planted.shop.ends_on, datetime.min.time(), ZoneInfo("Europe/Moscow")) - timedelta(seconds=1)
    rows, moments, horizon = moments_of(table, company=Company(), as_of=end.astimezone(UTC))
    return rows, moments, horizon, other_world(planted, customers=customers, months=MONTHS, seed=seed)


def judged(
    scenario: str, *, customers: int, seed: int, found: Found, times: dict[str, list[float]], peers: bool, invented: int, parts: bool
) -> None:
    """Add one company's estimates beside the truth to `found`: (true, estimate, variance, planted)."""
    rows, moments, horizon, world = company_of(scenario, customers=customers, seed=seed)
    truth = true_effects(moments, world, horizon_days=horizon)
    harms = {code: harm for code, harm in harms_of(rows, CODES).items() if harm.fit is not None}
    fits = {code: harm.fit for code, harm in harms.items() if harm.fit is not None}
    by_chance = {code: _by_chance(fit.point, fit.variance) for code, fit in fits.items()}
    for code, harm in harms.items():
        for control in (harm.control, *_more_invented(rows[code], fits[code], CODES.index(code), invented - 1)):
            if isinstance(control, Estimate):
                variance = ((control.high - control.low) / 3.92) ** 2
                found[Path(scenario).stem, MADE_UP].append((0.0, control.point, variance, 0.0))
                p = {**by_chance, code: _by_chance(control.point, variance)}
                claimed = dict(zip(p, adjusted_p(list(p.values())), strict=True))[code] <= SURE
                found[Path(scenario).stem, f"{MADE_UP}, believed"].append((0.0, float(claimed), math.nan, 0.0))
        for name, true, part in _parts(rows[code], harm.fit, truth.filter(pl.col("code") == code), code) if parts else ():
            found[Path(scenario).stem, f"part {name}"].append((true, part.point, part.variance, 0.0))
        own = _comparable(truth.filter(pl.col("code") == code), rows[code], harm.fit)
        true = float((own["left"].cast(pl.Int8) - own["left_otherwise"].cast(pl.Int8)).mean() or 0.0)
        found[Path(scenario).stem, code].append((true, harm.fit.point, harm.fit.variance, world.planted.get(code, 0.0)))
        if peers and rows[code].count < 40_000:
            for name, (point, seconds) in _peers(rows[code]).items():
                times[name].append(seconds)
                found[Path(scenario).stem, f"{name} {code}"].append((true, point, np.nan, world.planted.get(code, 0.0)))


def _by_chance(point: float, variance: float) -> float:
    return 2 * float(special.ndtr(-abs(point) / math.sqrt(variance)))


def _more_invented(rows: Rows, fit: Effect, place: int, count: int) -> Iterator[Finding]:
    """Give further invented errors beside the one that the verdict draws, each from a lot of its own."""
    for lot in range(1, count + 1):
        yield invented_effect(rows, fit, salt=place + lot * len(CODES))


def _parts(rows: Rows, fit: Effect, truth: pl.DataFrame, code: str) -> Iterator[tuple[str, float, Among]]:
    """Give the true effect beside the estimate among the exposed of each delay, turn, place, channel and topic."""
    told = rows.exposed & fit.comparable
    met = np.minimum(unscaled(rows, "met_before"), 2)
    edges = np.array({"days": DAY_EDGES, "minutes": MINUTE_EDGES}.get(UNITS.get(code, ""), ()))
    delay = np.where(np.isfinite(rows.dose), np.searchsorted(edges, rows.dose, side="left"), 0)
    sides = [("turn", met == turn) for turn in range(3)] + [("delay", delay == step) for step in range(1, len(edges) + 1)]
    sides += [("other error", rows.before[:, place] > 0) for place in range(rows.before.shape[1])]
    for name in DIMENSIONS:
        sides += [(name, getattr(rows, name) == label) for label in np.unique(getattr(rows, name)[told]).tolist() if label]
    known = _comparable(truth, rows, fit)
    gone = pl.DataFrame({"whose": rows.owner, "day": rows.at_day}).with_row_index("place")
    known = known.join(gone.filter(pl.Series(told)), on=["whose", "day"]).unique("row")
    off = np.full(rows.count, np.nan)
    off[known["place"].to_numpy()] = (known["left"].cast(pl.Int8) - known["left_otherwise"].cast(pl.Int8)).to_numpy()
    for name, side in sides:
        own = told & side
        if len(np.unique(rows.owner[own])) >= LEAST_SIDE and own.sum() < told.sum() and not np.isnan(off[own]).all():
            yield name, float(np.nanmean(off[own])), fit.doubt.among(side, alone=name != "delay")


def _comparable(truth: pl.DataFrame, rows: Rows, fit: Effect) -> pl.DataFrame:
    """Return the truth of the exposed moments that the estimate speaks of."""
    spoken = rows.only(rows.exposed & fit.comparable)
    keys = pl.DataFrame({"whose": spoken.owner, "day": spoken.at_day})
    day = pl.col("at").dt.epoch("d").cast(pl.Int32).alias("day")
    known = truth.with_columns(pl.Series("whose", owner_hash(truth["customer"])), day)
    return known.join(keys, on=["whose", "day"], how="semi")


def _peers(rows: Rows) -> dict[str, tuple[float, float]]:
    """Return (estimate, processor seconds) of each estimator on the same moments."""
    out = {}
    began = time.process_time()
    fit = effect_of(rows)
    out["ours"] = (fit.point if fit else math.nan, time.process_time() - began)
    x = design_of(rows)[0][:, 1:].astype(np.float64)
    y, d = rows.left.astype(float), rows.exposed.astype(float)
    if importlib.util.find_spec("doubleml"):
        out["DoubleML"] = _doubleml(x, y, d)
    if importlib.util.find_spec("econml"):
        out["EconML"] = _econml(x, y, d)
    return out


def _doubleml(x: np.ndarray, y: np.ndarray, d: np.ndarray) -> tuple[float, float]:
    import doubleml
    from sklearn.linear_model import LogisticRegression

    began = time.process_time()
    held = doubleml.DoubleMLData.from_arrays(x, y, d)
    learner = LogisticRegression(C=1.0, max_iter=1000)
    model = doubleml.DoubleMLIRM(held, learner, learner, n_folds=5, score="ATTE").fit()
    return float(model.coef[0]), time.process_time() - began


def _econml(x: np.ndarray, y: np.ndarray, d: np.ndarray) -> tuple[float, float]:
    from econml.dr import LinearDRLearner
    from sklearn.linear_model import LogisticRegression

    began = time.process_time()
    learner = LogisticRegression(C=1.0, max_iter=1000)
    model = LinearDRLearner(model_propensity=learner, model_regression=learner, discrete_outcome=True, cv=5, min_propensity=0.01)
    model.fit(y, d, X=None, W=x)
    return float(np.ravel(model.ate(T0=0, T1=1))[0]), time.process_time() - began


def report(found: Found, times: dict[str, list[float]]) -> str:
    """Return the table: bias, error and coverage by scenario and code, and by code over all scenarios."""
    lines = ["| scenario | error | runs | true | planted | bias (± se) | RMSE | in 95 % |", "|---|---|---:|---:|---:|---:|---:|---:|"]
    by_code: Found = defaultdict(list)
    for (_, code), rows in found.items():
        by_code["all", code] += rows
    for (scenario, code), rows in (*sorted(found.items()), *sorted(by_code.items())):
        a = np.array(rows)
        off = a[:, 1] - a[:, 0]
        se = off.std(ddof=1) / math.sqrt(len(off)) if len(off) > 1 else math.nan
        inside = "" if np.isnan(a[:, 2]).all() else f"{100 * np.mean(np.abs(off) <= 1.96 * np.sqrt(a[:, 2])):.0f} %"
        lines.append(
            f"| {scenario} | {code} | {len(a)} | {a[:, 0].mean():.4f} | {a[:, 3].mean():.3f} | {off.mean():+.4f} ± {se:.4f} "
            f"| {math.sqrt((off**2).mean()):.4f} | {inside} |"
        )
    if times:
        lines += ["", "Processor seconds for one effect, median: " + ", ".join(f"{name} {np.median(t):.2f}" for name, t in times.items())]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Simulate, estimate, compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenarios", nargs="+", default=list(SCENARIOS))
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--first-seed", type=int, default=50_000)
    parser.add_argument("--invented", type=int, default=1, help="so many invented errors for each real one")
    parser.add_argument("--parts", action="store_true", help="judge the effects by delay, turn, place, channel and topic, too")
    parser.add_argument("--peers", type=int, default=2, help="in so many companies the peers are run, too")
    parser.add_argument("--keep", type=Path, help="a file to which estimates are appended, so that a long run can be parted")
    given, _ = parser.parse_known_args(arguments)
    found: Found = defaultdict(list)
    times: dict[str, list[float]] = defaultdict(list)
    for run in range(given.runs):
        scenario = given.scenarios[run % len(given.scenarios)]
        before = {key: len(rows) for key, rows in found.items()}
        asked = {"peers": run < given.peers, "invented": given.invented, "parts": given.parts}
        judged(scenario, customers=given.customers, seed=given.first_seed + run, found=found, times=times, **asked)
        if given.keep is not None:
            with given.keep.open("a", encoding="utf-8") as file:
                for key, rows in found.items():
                    file.writelines("\t".join(map(str, (given.first_seed + run, *key, *row))) + "\n" for row in rows[before.get(key, 0) :])
    print(report(found, times))


if __name__ == "__main__":
    main()
