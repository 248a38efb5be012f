"""Claim: a customer's own mean amount says as much of the amounts to come as Gamma-Gamma does, so the plainer one stands.

    python -m benchmarks.mean_amounts --data ../shared/data

Online Retail's second year and CDNOW at the development cuts of `risk_cuts`: the mean amount per purchase of the 90 days that followed, of
those who bought in them and had bought on two days and more before (of others no money is said), against what was known at the cut.
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

import numpy as np

from benchmarks.risk_cuts import DEVELOPMENT, HORIZON, Company
from lakmus.engine.risk.gamma_gamma import GammaGamma, fit_gamma_gamma


def rows_of(company: Company, cut: int) -> list[str]:
    """Return a row for each way of saying: the sum said over the sum that came, mean and root mean square error of single customers."""
    before, after = company.day < cut, (company.day >= cut) & (company.day < cut + HORIZON)
    count, later = (np.bincount(company.owner[part], minlength=company.count) for part in (before, after))
    spent, came = (np.bincount(company.owner[part], company.amount[part], minlength=company.count) for part in (before, after))
    mean, known = spent / np.maximum(count, 1), count > 0
    process = fit_gamma_gamma(count[known].astype(float), mean[known])
    own = (count > 1) & (later > 0)
    ways = {"own mean": mean[own]}
    if isinstance(process, GammaGamma):
        ways["Gamma-Gamma"] = process.mean_amount(count[own].astype(float), mean[own])
    rows, true = [], came[own] / later[own]
    for way, said in ways.items():
        off, ratio = said - true, float((said * later[own]).sum() / came[own].sum())
        rows.append(f"{way} | {own.sum():,} | {ratio:.3f} | {np.abs(off).mean():.2f} | {np.sqrt((off**2).mean()):.2f} |")
    return rows


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    given = parser.parse_args()
    print("| company | cut | said by | customers | said / came | mean error | root mean square |\n|---|---|---|---:|---:|---:|---:|")
    for title, (name, cuts) in DEVELOPMENT.items():
        company = Company(name, given.data)
        for cut in cuts:
            for row in rows_of(company, (date.fromisoformat(cut) - date(1970, 1, 1)).days):
                print(f"| {title} | {cut} | {row}")


if __name__ == "__main__":
    main()
