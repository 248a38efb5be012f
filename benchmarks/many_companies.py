"""Claim: over many companies calibration lies inside its bands, the model stands only where it wins, no future changes a score.

    python -m benchmarks.many_companies --companies 200 --rows /tmp/rows.jsonl --record

Companies of 300 to 20,000 customers are drawn by a seed: shops of the simulator (with and without season, with other rhythms, losses and
newcomers), every fourth has monthly contracts, and in every eighth everybody buys at one rate and nobody leaves, so that no model can win.
Each is looked at 200 days before its files end: what was said then is judged by the horizon that followed, which nobody had seen. Nothing
was set on these companies. The peers are the naive rules, learned from the same past. With `--rows` the figures of each company are kept
in a file and companies already in it are not computed again; with `--seconds` as well, the whole is computed in slices:

    python -m benchmarks.many_companies --companies 200 --rows /tmp/rows.jsonl --seconds 150

"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.measuring import RECORD

Row = dict[str, Any]


def one(number: int, seed: int) -> Row:
    """Return the figures of one company; a process of its own."""
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    from benchmarks.drawn_companies.drawing import drawn
    from benchmarks.drawn_companies.judging import judged

    began = time.process_time()
    return judged(drawn(number, seed)) | {"seconds": time.process_time() - began}


def measured(numbers: Iterable[int], *, seed: int, workers: int, seconds: float, rows: Path | None) -> list[Row]:
    """Return the rows of the companies, those kept already first; no new company begins after so many seconds."""
    kept = [json.loads(line) for line in rows.read_text(encoding="utf-8").splitlines()] if rows and rows.exists() else []
    done, began = {row["number"] for row in kept}, time.monotonic()
    waiting = [number for number in numbers if number not in done]
    with ProcessPoolExecutor(workers) as pool:
        running = set()
        while waiting or running:
            while waiting and len(running) < workers and time.monotonic() - began < seconds:
                running.add(pool.submit(one, waiting.pop(0), seed))
            if not running:
                break
            future = next(as_completed(running))
            running.remove(future)
            kept.append(future.result())
            if rows:
                with rows.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(kept[-1]) + "\n")
    return sorted(kept, key=lambda row: row["number"])


def calibration_lines(rows: list[Row]) -> list[str]:
    """Return a line for each group and method: how often what was said lay inside its bands in the unseen period, and on past cuts."""
    lines = [
        "| customers | said by | companies | judged | AUC | Brier | of the true share | tenths inside bands | whole ECE inside "
        "| level inside | tenths, level taken for known | ECE, level taken for known | tenths inside, past cuts |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for code in ("regular", "new", "one_time", "contract"):
        own = [row["groups"][code] for row in rows if code in row["groups"] and row["sort"] != "noise"]
        for method in sorted({str(group["method"]) for group in own}):
            some = [group for group in own if group["method"] == method and group["n"] >= 20]
            if not some:
                continue
            weigh = [group["n"] for group in some]
            aucs = [(group["auc"], group["n"]) for group in some if group["auc"] is not None]
            bins, past = sum(group["bins"] for group in some), sum(group["past_bins"] for group in some)
            cells = [
                code,
                method,
                f"{len(some)}",
                f"{sum(weigh):,}",
                f"{np.average([auc for auc, _ in aucs], weights=[n for _, n in aucs]):.3f}" if aucs else "",
                f"{np.average([group['brier'] for group in some], weights=weigh):.4f}",
                f"{np.average([group['share_brier'] for group in some], weights=weigh):.4f}",
                f"{sum(group['inside'] for group in some) / bins:.0%}",
                f"{np.mean([group['ece'] <= group['ece_by_chance'] for group in some]):.0%}",
                f"{np.mean([group['level_inside'] for group in some]):.0%}",
                f"{sum(group['strict_inside'] for group in some) / bins:.0%}",
                f"{np.mean([group['ece'] <= group['strict_ece_by_chance'] for group in some]):.0%}",
                f"{sum(group['past_inside'] for group in some) / past:.0%}" if past else "",
            ]
            lines.append("| " + " | ".join(cells) + " |")
    return lines


def choice_lines(rows: list[Row]) -> list[str]:
    """Return how the choice between model and rule stood in the unseen period, in shops and where nothing can be known."""
    return [line for sort, title in (("shop", "shops"), ("noise", "companies of noise")) for line in _choices(rows, sort, title)]


def _choices(rows: list[Row], sort: str, title: str) -> list[str]:
    won, lost, right, wrong, short = 0, 0, 0, 0, 0
    for row in rows:
        if row["sort"] != sort or "regular" not in row["groups"] or not row.get("rules"):
            continue
        rules = row["rules"]
        brier = min(figures["brier"] for way, figures in rules.items() if way != "model")
        area = max(figures["auc"] for way, figures in rules.items() if way != "model")
        said = row["groups"]["regular"] if row["used"] == "model" else rules["model"]
        better = said["brier"] <= brier and said["auc"] > area
        short += row["used"] is None
        won, lost = won + (row["used"] == "model" and better), lost + (row["used"] == "model" and not better)
        kept = row["used"] not in (None, "model")
        right, wrong = right + (kept and not better), wrong + (kept and better)
    return [
        f"- the model was used in {won + lost} {title}; in the next, unseen period it had a higher AUC and no higher Brier score than both "
        f"rules in {won}, not in {lost};",
        f"- a rule was kept in {right + wrong} {title} that had a past to judge by; the table of cells would have won in {wrong} of them;",
        f"- the past was too short to judge in {short} {title}.",
    ]


def truth_lines(rows: list[Row]) -> list[str]:
    """Return how states, risk and lamps stand to the truth."""
    lines = []
    for sort, lamp in (("shop", "orders"), ("contract", "use")):
        own = [row["truth"] for row in rows if row["sort"] == sort]
        if own:
            total = {key: sum(truth[key] for truth in own) for key in own[0] if isinstance(own[0][key], int)}
            hidden = [truth["hidden_auc"] for truth in own if truth["hidden_auc"] is not None]
            delays = np.array([delay for truth in own for delay in truth["delays"]])
            lines += _truth_of(sort, lamp, total, hidden, delays)
    return lines


def _truth_of(sort: str, lamp: str, total: dict[str, int], hidden: list[float], delays: np.ndarray) -> list[str]:
    named = total["named_lost_truly"] / max(total["named_lost"], 1)
    found = total["long_gone_named"] / max(total["long_gone"], 1)
    lines = [
        f"- {sort}: of those called lost {named:.1%} had truly left; of those who had left 200 days before {found:.1%} are called lost;"
    ]
    if hidden and sort == "shop":
        lines.append(f"- {sort}: AUC of the risk for having truly left already, among those not yet called lost: {np.mean(hidden):.3f};")
    dark, wrong = total["dark"] / max(total["dark"] + total["still_lit"], 1), total["wrong"] / max(total["stayed"], 1)
    line = f"- {sort}: of those who began to leave 90 to 365 days before the lamp of {lamp} was out in {dark:.0%}"
    if delays.size:
        low, middle, high = np.quantile(delays, [0.25, 0.5, 0.75])
        line += f", a median of {middle:.0f} days after they began (middle half {low:.0f} to {high:.0f})"
    return [*lines, f"{line}; of those who stayed in {wrong:.1%}."]


def report(rows: list[Row], seed: int) -> str:
    """Return the figures in Markdown."""
    shops, noise = (sum(row["sort"] == sort for row in rows) for sort in ("shop", "noise"))
    compared = [row["future_changes_nothing"] for row in rows if row["future_changes_nothing"] is not None]
    head = [
        f"### Risk over {len(rows)} drawn companies (seed {seed}): {shops} shops, {len(rows) - shops - noise} with "
        f"contracts, {noise} of noise, "
        f"{sum(row['customers'] for row in rows):,} customers",
        "",
        f"- no fact after the day changed any row of customers or orders in {sum(compared)} of the {len(compared)} companies "
        "that were computed from a stream cut at it, too;",
        *choice_lines(rows),
        *truth_lines(rows),
        "",
    ]
    return "\n".join([*head, *calibration_lines(rows), "", f"{sum(row['seconds'] for row in rows):.0f} CPU seconds."]) + "\n"


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--companies", type=int, default=5)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=1e9, help="begin no further company after so many seconds")
    parser.add_argument("--rows", type=Path, help="keep the figures of each company here, and go on where they end")
    parser.add_argument("--record", action="store_true", help="append the report to docs/explanation/records.md")
    arguments = parser.parse_args()
    os.environ["POLARS_MAX_THREADS"] = "1"
    rows = measured(
        range(arguments.companies), seed=arguments.seed, workers=arguments.workers, seconds=arguments.seconds, rows=arguments.rows
    )
    text = report(rows, arguments.seed)
    print(text)
    if arguments.record:
        with RECORD.open("a", encoding="utf-8") as record:
            record.write(f"\n## {datetime.now(UTC):%Y-%m-%d}\n\n{text}")


if __name__ == "__main__":
    main()
