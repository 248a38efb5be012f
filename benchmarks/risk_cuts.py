"""Claim: the risk model is not below the best known blend on past cuts, and beside the naive rules and LightGBM in the same run.

    python -m benchmarks.risk_cuts --data ../shared/data

Data, cuts, outcome, eligibility and candidates are those of the protocol in docs/explanation/risk.md; `--cuts development` takes the cuts
that the settings were chosen on, `--cuts first` and `--cuts second` the final ones that were opened before. LightGBM comes from the `bench`
group; without it its line is left out.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from scipy import special, stats

from lakmus.engine.arrays import DAY_US, Flags, Floats, Ints
from lakmus.engine.risk.additive import fit_linear, fit_steps
from lakmus.engine.risk.blend import Fits, Picture, blend_weights, fit_model
from lakmus.engine.risk.features import PURCHASE_FEATURES, Happenings, Lives, Usual, features_at
from lakmus.engine.risk.levels import Level, level_of, missing_level
from lakmus.engine.risk.pareto_nbd import fit_pareto_nbd
from lakmus.engine.risk.purchase_histories import PurchaseHistories
from lakmus.engine.risk.snapshots import CUTS

HORIZON, SPACING, LEAST_PAST = 90, 30, 30
FINAL = {
    "Online Retail, first year": ("retail_first", ("2010-07-12", "2010-08-11", "2010-09-10")),
    "CDNOW master": ("cdnow", ("1997-10-01", "1998-01-01", "1998-04-01")),
}
SECOND = {
    "Online Retail, two years": ("retail_both", ("2011-01-10", "2011-03-10", "2011-05-10")),
    "CDNOW master": ("cdnow", ("1997-11-15", "1998-02-15", "1998-03-15")),
}
THIRD = {
    "Online Retail, first year": ("retail_first", ("2010-06-14", "2010-07-28", "2010-08-27")),
    "CDNOW master": ("cdnow", ("1997-10-23", "1997-12-15", "1998-01-15")),
}
"""The second and the third final cuts: named, and committed, before they were opened."""
TELCO_SEEDS = {"first": (0,), "second": (1, 2, 3), "third": (4, 5, 6)}
DEVELOPMENT = {
    "Online Retail, second year": ("retail_second", ("2011-07-12", "2011-08-11", "2011-09-10")),
    "CDNOW master, early": ("cdnow", ("1997-06-20", "1997-07-03")),
}
CUTS_OF = {"first": FINAL, "second": SECOND, "third": THIRD, "development": DEVELOPMENT}


def retail(path: Path, names: dict[str, str], moment: pl.Expr) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return (purchase lines, returns) of known customers: customer, day, amount."""
    lines = pl.read_parquet(path).rename(names)
    lines = lines.with_columns(moment.dt.date().alias("day"), pl.col("c").cast(pl.Int64), pl.col("i").cast(pl.String))
    known = lines.filter(pl.col("c") > 0).with_columns(pl.col("c").cast(pl.String), (pl.col("q") * pl.col("p")).alias("amount"))
    back = pl.col("i").str.starts_with("C") | (pl.col("q") < 0)
    return known.filter(~back & (pl.col("q") > 0) & (pl.col("p") > 0)), known.filter(back).select("c", "day").unique()


def load(name: str, data: Path) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """Return purchase lines (c, day, amount) and days of returns (c, day), None where the data tell of none."""
    if name == "cdnow":
        rows = [line.split() for line in (data / "cdnow" / "CDNOW_master.txt").read_text(encoding="ascii").splitlines()]
        rows = [row for row in rows if row and row[0].isdigit()]
        frame = pl.DataFrame({"c": [row[0] for row in rows], "day": [row[1] for row in rows], "amount": [float(row[3]) for row in rows]})
        return frame.with_columns(pl.col("day").str.to_date("%Y%m%d")), None
    folder = data / "online_retail"
    if name == "retail_both":
        # The second year tells of no returns, so none are read of the first.
        border, (first, _), (second, _) = date(2010, 12, 1), load("retail_first", data), load("retail_second", data)
        columns = ["c", "day", "amount"]
        return pl.concat(
            [first.filter(pl.col("day") < border).select(columns), second.filter(pl.col("day") >= border).select(columns)]
        ), None
    if name == "retail_first":
        names = {"Invoice": "i", "Quantity": "q", "InvoiceDate": "t", "Price": "p", "Customer ID": "c"}
        return retail(folder / "online_retail_II_year_2009_2010.parquet", names, pl.col("t").cast(pl.Datetime("us")))
    names = {"InvoiceNo": "i", "Quantity": "q", "InvoiceDate": "t", "UnitPrice": "p", "CustomerID": "c"}
    return retail(folder / "online_retail_2011_sales_with_invoice.parquet", names, pl.col("t").str.to_datetime(time_unit="us"))


class Company:
    """The purchases of one data set, looked at as of a day."""

    def __init__(self, name: str, data: Path) -> None:
        lines, returns = load(name, data)
        bought = lines.group_by("c", "day").agg(pl.col("amount").sum()).sort("c", "day")
        customers = bought["c"].unique().sort()
        self.count = len(customers)
        self.owner, self.day = self._codes(bought, customers), bought["day"].cast(pl.Int32).to_numpy().astype(np.int64)
        self.amount = bought["amount"].to_numpy()
        others = {}
        if returns is not None and returns.height:
            returns = returns.filter(pl.col("c").is_in(customers.implode()))
            at = returns["day"].cast(pl.Int32).to_numpy().astype(np.int64) * DAY_US
            others["returns"] = Happenings(self._codes(returns, customers), at, at)
        at = self.day * DAY_US
        self.lives = Lives(self.count, Happenings(self.owner, at, at), self.amount, others)

    def _codes(self, frame: pl.DataFrame, customers: pl.Series) -> Ints:
        codes = pl.DataFrame({"c": customers}).with_row_index("owner")
        return frame.join(codes, on="c", how="left", maintain_order="left")["owner"].to_numpy().astype(np.int64)

    def usual(self, cut: int) -> Usual:
        """What is usual by then: nothing after the cut enters."""
        known = self.day < cut
        gaps = np.diff(self.day[known])[np.diff(self.owner[known]) == 0]
        return Usual(float(np.median(gaps)), float(np.median(self.amount[known])))

    def picture(self, moment: int, *, cut: int) -> Picture:
        """Return what was known before day `moment` and what the 90 days from it brought."""
        before, after = self.day < moment, (self.day >= moment) & (self.day < moment + HORIZON)
        count = np.bincount(self.owner[before], minlength=self.count)
        present = count > 0
        first, last = np.full(self.count, 2**40), np.full(self.count, -1)
        np.minimum.at(first, self.owner[before], self.day[before])
        np.maximum.at(last, self.owner[before], self.day[before])
        features = features_at(self.lives, moment_us=moment * DAY_US - 1, horizon_days=HORIZON, company=self.usual(cut))
        lost = 1.0 - (np.bincount(self.owner[after], minlength=self.count) > 0)
        everybody = np.stack([count - 1, last - first, moment - first]).astype(np.float64)[:, present]
        return Picture(float(cut - moment), everybody, np.ones(int(present.sum()), bool), features[present], lost[present])

    def counted(self, cut: int, newest: int, oldest: int) -> Ints:
        """Return purchases of each customer at ages [newest, oldest) in days before the cut."""
        age = cut - self.day
        return np.bincount(self.owner[(age > newest) & (age <= oldest)], minlength=self.count)


def auc(lost: Floats, said: Floats) -> float:
    """Mann-Whitney, ties a half."""
    ranks, n = stats.rankdata(said), lost.sum()
    return float((ranks[lost == 1].sum() - n * (n + 1) / 2) / (n * (lost.size - n)))


def ece(lost: Floats, said: Floats) -> float:
    """Ten bins of equal numbers, mean absolute difference between said and seen."""
    bins = np.array_split(np.argsort(said, kind="stable"), 10)
    return float(sum(abs(lost[place].mean() - said[place].mean()) * place.size for place in bins) / lost.size)


def figures(lost: Floats, said: Floats, *, probability: bool = True) -> list[float]:
    """Return AUC, Brier, ECE and the ECE that chance alone gives such probabilities; NaN where `said` is no probability."""
    if not probability:
        return [auc(lost, said), *[float("nan")] * 3]
    rng = np.random.default_rng(0)
    chance = np.mean([ece((rng.random(said.size) < said).astype(float), said) for _ in range(100)])
    return [auc(lost, said), float(((lost - said) ** 2).mean()), ece(lost, said), float(chance)]


def rfm(company: Company, cut: int, present: Flags) -> Floats:
    """Return minus the sum of quintiles of last purchase, number of purchases and money."""
    before = company.day < cut
    last, money = np.full(company.count, -1), np.bincount(company.owner[before], weights=company.amount[before], minlength=company.count)
    np.maximum.at(last, company.owner[before], company.day[before])
    columns = (last, np.bincount(company.owner[before], minlength=company.count), money)
    return -sum(np.ceil(5 * stats.rankdata(column[present], method="average") / present.sum()) for column in columns)


def lightgbm(features: Floats, lost: Floats) -> Callable[[Floats], Floats] | None:
    """Return LightGBM with its defaults, fitted; None where it is not installed."""
    try:
        from lightgbm import LGBMClassifier
    except ImportError:
        return None
    model = LGBMClassifier(verbose=-1, random_state=0, n_jobs=1).fit(features, lost)
    return lambda rows: model.predict_proba(rows)[:, 1]


def plain_logistic(features: Floats, lost: Floats) -> Callable[[Floats], Floats]:
    """Return scikit-learn's logistic regression on standardised features, fitted."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(features, lost)
    return lambda rows: model.predict_proba(rows)[:, 1]


def judged(company: Company, cut: int) -> dict[str, list[float]]:
    """Return the figures of every candidate at one cut."""
    first = int(company.day.min())
    pictures = [company.picture(day, cut=cut) for day in range(cut - HORIZON, first + LEAST_PAST, -SPACING)]
    now = company.picture(cut, cut=cut)
    features, lost = np.concatenate([one.features for one in pictures]), np.concatenate([one.lost for one in pictures])
    histories = PurchaseHistories.of(*now.everybody)
    present = np.bincount(company.owner[company.day < cut], minlength=company.count) > 0
    recent, before = (company.counted(cut, *window)[present] for window in ((0, 90), (90, 180)))
    shown = {
        "rule “fell by 20 %”": figures(now.lost, ((before > 0) & (recent <= 0.8 * before)).astype(float), probability=False),
        "RFM quintile sum": figures(now.lost, rfm(company, cut, present), probability=False),
    }
    process = fit_pareto_nbd(histories, however_wide=True)
    shown["Pareto/NBD"] = figures(now.lost, 1 - process.purchase_probability(histories, HORIZON))
    shown["logistic regression"] = figures(now.lost, plain_logistic(features, lost)(now.features))
    if (trees := lightgbm(features, lost)) is not None:
        shown["LightGBM, defaults"] = figures(now.lost, trees(now.features))
    fits: Fits = {}
    model = fit_model(pictures, now.everybody, horizon_days=HORIZON, fits=fits)
    logit, level = model.of(now.features, histories).logit, level_before(pictures, fits)
    shown["Lakmus"] = figures(now.lost, special.expit(logit))
    shown["Lakmus, level followed"] = figures(now.lost, special.expit(logit + level.shift))
    return shown


def level_before(pictures: list[Picture], fits: Fits) -> Level:
    """Return the level that was missing one, two and three horizons before the cut from blends learned before those moments."""
    missing = []
    for at in (pictures[place] for place in range(0, len(pictures), HORIZON // SPACING)):
        before = [one for one in pictures if one.days_ago >= at.days_ago + HORIZON]
        model = fit_model(before, at.everybody, horizon_days=HORIZON, fits=fits) if before and len(missing) < CUTS else None
        if model is not None:
            missing.append(missing_level(model.of(at.features, PurchaseHistories.of(*at.everybody)).logit, at.lost))
    return level_of(missing)


def telco(data: Path, seeds: tuple[int, ...]) -> dict[str, list[float]]:
    """Return mean AUC, Brier, ECE over the five folds of the protocol, for each seed."""
    from sklearn.model_selection import StratifiedKFold

    table = pl.read_csv(data / "telco" / "Telco-Customer-Churn.csv", infer_schema_length=10_000)
    lost = (table["Churn"] == "Yes").to_numpy().astype(float)
    paid = pl.col("TotalCharges").cast(pl.String).str.strip_chars().cast(pl.Float64, strict=False).fill_null(0.0)
    numbers = table.select(
        "tenure", "MonthlyCharges", "SeniorCitizen", paid, pl.col("tenure").log1p().alias("log"), paid.log1p().alias("sum")
    )
    words = table.drop("customerID", "Churn", "TotalCharges", "tenure", "MonthlyCharges", "SeniorCitizen").to_dummies()
    features = np.concatenate([numbers.to_numpy().astype(float), words.to_numpy().astype(float)], axis=1)
    rule = (table["Contract"] == "Month-to-month").to_numpy().astype(float)
    rows: dict[str, list[list[float]]] = {}
    folds = [fold for seed in seeds for fold in StratifiedKFold(5, shuffle=True, random_state=seed).split(features, lost)]
    for train, test in folds:
        rows.setdefault("rule: month-to-month contract", []).append(figures(lost[test], rule[test], probability=False))
        rows.setdefault("logistic regression", []).append(figures(lost[test], plain_logistic(features[train], lost[train])(features[test])))
        if (trees := lightgbm(features[train], lost[train])) is not None:
            rows.setdefault("LightGBM, defaults", []).append(figures(lost[test], trees(features[test])))
        inside = np.zeros((train.size, 3))
        for some, rest in StratifiedKFold(4, shuffle=True, random_state=0).split(features[train], lost[train]):
            inside[rest, :2] = both(features[train][some], lost[train][some], features[train][rest])
        weights, level = blend_weights(inside, lost[train], has_process=False)
        said = special.expit(both(features[train], lost[train], features[test]) @ np.array(weights[:2]) + level)
        rows.setdefault("Lakmus", []).append(figures(lost[test], said))
    return {name: list(np.mean(shown, axis=0)) for name, shown in rows.items()}


def both(features: Floats, lost: Floats, asked: Floats) -> Floats:
    """Return the logits of the linear and the boosted part, shape (n, 2)."""
    weight = np.ones(lost.size)
    linear, steps = fit_linear(features, lost, weight), fit_steps(features, lost, weight)
    return np.stack([part.intercept + part.parts(asked).sum(axis=1) for part in (linear, steps)], axis=1)


def table(title: str, rows: dict[str, list[float]]) -> str:
    """Return the figures as a Markdown table."""
    lines = [f"### {title}", "", "| | AUC | Brier | ECE | ECE by chance |", "|---|---:|---:|---:|---:|"]
    for name, (area, brier, error, chance) in rows.items():
        cells = [f"{area:.4f}", *("" if np.isnan(one) else f"{one:.{digits}f}" for one, digits in ((brier, 4), (error, 3), (chance, 3)))]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Read the arguments, judge, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(__file__).parents[2] / "shared" / "data")
    parser.add_argument("--cuts", choices=list(CUTS_OF), default="third", help="which cuts of the protocol")
    parser.add_argument("--record", action="store_true", help="ignored: what these cuts gave is told in docs/explanation/risk.md")
    arguments = parser.parse_args()
    if not arguments.data.exists():
        print(f"{arguments.data} is not there; nothing was judged")
        return
    warnings.simplefilter("ignore")
    for title, (name, cuts) in CUTS_OF[arguments.cuts].items():
        company = Company(name, arguments.data)
        shown = [judged(company, (date.fromisoformat(cut) - date(1970, 1, 1)).days) for cut in cuts]
        print(
            f"{title}: "
            + "; ".join(f"{cut} Lakmus {one['Lakmus'][0]:.4f}/{one['Lakmus'][1]:.4f}" for cut, one in zip(cuts, shown, strict=True))
        )
        means = {way: list(np.mean([one[way] for one in shown], axis=0)) for way in shown[0]}
        print(table(f"{title}, mean of {len(cuts)} cuts, {len(PURCHASE_FEATURES)} features of purchases", means))
    seeds = TELCO_SEEDS.get(arguments.cuts, TELCO_SEEDS["first"])
    print(table(f"Telco, five folds, seeds {', '.join(map(str, seeds))}", telco(arguments.data, seeds)))


if __name__ == "__main__":
    main()
