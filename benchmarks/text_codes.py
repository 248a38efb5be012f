"""Claim: the codes that the lexicon finds in Russian bank reviews are those that two readers gave them.

    python -m benchmarks.text_codes [--labels FOLDER] [--set development|judging|second_judging] [--misses] [--record]

Two readers who did not see each other's labels, nor the lexicon, gave codes to the same reviews (`SET.A.csv`, `SET.B.csv`: row, codes,
main, polarity; no text, the row counts from 0 in the reviews beside this repository). What they agree on bounds what can be had, so it
stands first. Truth is what both gave, what either gave, and each of them; development labels are from the fifth that may be looked at,
those of a judging set are opened once, after the last change of the lexicon, and it is used up by that: the second has other reviews of the
four fifths that nobody reads.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.measuring import RECORD
from benchmarks.text_reading import DATA
from lakmus.engine.errors.catalogue import ERROR_CODES, OTHER_REASONS
from lakmus.engine.text.reader import LEAVING, read, reading_version

HERE = Path(__file__).parent / "text_labels"
SETS = ("development", "judging", "second_judging")
JUDGED = tuple(code for code in (*ERROR_CODES, *OTHER_REASONS, LEAVING) if code != "unknown")
"""Service errors, other reasons and leaving; praise is no reason and is told apart."""

PRAISE = "praise"
Given = list[set[str]]


def labelled(folder: Path, name: str) -> tuple[list[int], Given, Given]:
    """Return the rows that both readers labelled, and the codes that the one and the other gave them."""
    told: list[dict[int, set[str]]] = []
    for reader in "AB":
        with (folder / f"{name}.{reader}.csv").open(encoding="utf-8") as file:
            told.append({int(row["row"]): set((row["codes"] or "").split()) for row in csv.DictReader(file)})
    rows = sorted(told[0].keys() & told[1].keys())
    return rows, [told[0][row] for row in rows], [told[1][row] for row in rows]


def texts_of(rows: Sequence[int]) -> list[str]:
    """Return the reviews of these rows."""
    with (DATA / "ru_otzovik_sber" / "reviews.csv").open(encoding="utf-8") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    return [texts[row] for row in rows]


def table(given: Given, codes: Sequence[str] = JUDGED) -> np.ndarray:
    """Return which text (a row) has which code (a column)."""
    return np.array([[code in one for code in codes] for one in given])


def f1(truth: np.ndarray, told: np.ndarray) -> tuple[float, float, float]:
    """Return precision, recall and F1 over all texts and codes at once."""
    hits = int((truth & told).sum())
    return hits / max(1, int(told.sum())), hits / max(1, int(truth.sum())), 2 * hits / max(1, int(truth.sum() + told.sum()))


def interval(truth: np.ndarray, told: np.ndarray) -> str:
    """Return the 95 % interval of the F1 over texts drawn again, from a fixed seed."""
    chance = np.random.default_rng(17)
    drawn = [f1(truth[some], told[some])[2] for some in chance.integers(0, len(truth), (1000, len(truth)))]
    low, high = np.quantile(drawn, (0.025, 0.975))
    return f"{low:.3f}–{high:.3f}"


def kappa(one: np.ndarray, other: np.ndarray) -> float:
    """Return Cohen's kappa of two readers on one code; nan where neither gave it."""
    by_chance = one.mean() * other.mean() + (1 - one.mean()) * (1 - other.mean())
    return float(((one == other).mean() - by_chance) / (1 - by_chance)) if by_chance < 1 else float("nan")


def judged(first: Given, second: Given, told: Given) -> Iterator[str]:
    """Yield the rows of both tables: over all codes, and code by code."""
    one, other, found = table(first), table(second), table(told)
    both, either = one & other, one | other
    kappas = np.array([kappa(one[:, at], other[:, at]) for at in range(len(JUDGED))])
    often = both.sum(axis=0) >= 5
    agreed = f"F1 {f1(one, other)[2]:.3f} of one by the other ({interval(one, other)})"
    said = f"mean kappa {kappas[often].mean():.2f} over the {often.sum()} codes that both gave five times and more" if often.any() else ""
    yield f"{len(told)} reviews; the two readers: {agreed}, {said}."
    yield from ("", "| truth | given | found | precision | recall | micro-F1 | 95 % |", "|---|---:|---:|---:|---:|---:|---:|")
    truths = {"what both gave": both, "what either gave": either, "the first": one, "the second": other}
    for name, truth in truths.items():
        precision, recall, mean = f1(truth, found)
        given = f"{truth.sum()} | {found.sum()} | {precision:.3f} | {recall:.3f} | {mean:.3f}"
        yield f"| {name} | {given} | {interval(truth, found)} |"
    yield from (
        "",
        "| code | both | either | kappa | found | precision by either | recall by both |",
        "|---|---:|---:|---:|---:|---:|---:|",
    )
    for at, code in enumerate(JUDGED):
        if either[:, at].any() or found[:, at].any():
            counts = f"{both[:, at].sum()} | {either[:, at].sum()} | {kappas[at]:.2f} | {found[:, at].sum()}"
            shares = f1(either[:, at], found[:, at])[0], f1(both[:, at], found[:, at])[1]
            yield f"| `{code}` | {counts} | {shares[0]:.2f} | {shares[1]:.2f} |"
    praised = [table(given, (PRAISE,)) for given in (first, second, told)]
    yield f"| {PRAISE} (not counted above) | {_praise(*praised)} |"


def _praise(one: np.ndarray, other: np.ndarray, found: np.ndarray) -> str:
    counts = f"{(one & other).sum()} | {(one | other).sum()} | {kappa(one[:, 0], other[:, 0]):.2f} | {found.sum()}"
    return f"{counts} | {f1(one | other, found)[0]:.2f} | {f1(one & other, found)[1]:.2f}"


def misses(rows: Sequence[int], texts: Sequence[str], first: Given, second: Given, told: Given) -> Iterator[str]:
    """Yield what is read otherwise than both readers read it, with the words that led there."""
    for row, text, one, other, found in zip(rows, texts, first, second, told, strict=True):
        missed, wrong = (one & other & set(JUDGED)) - found, (found & set(JUDGED)) - one - other
        if missed or wrong:
            said = [f"{saying.code}: {text[saying.start : saying.end]}" for saying in read(text).sayings if saying.code in wrong]
            yield f"{row}: {text}\n    missed {' '.join(sorted(missed)) or '-'}; wrong {' | '.join(said) or '-'}"


def main() -> None:
    """Judge one set of labels."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--labels", type=Path, default=HERE)
    parser.add_argument("--set", choices=SETS, default=SETS[0])
    parser.add_argument("--misses", action="store_true", help="show what is read otherwise: of the development set only")
    parser.add_argument("--record", action="store_true")
    asked = parser.parse_args()
    if asked.misses and asked.set != "development":
        parser.error("only the development set may be looked at")
    rows, first, second = labelled(asked.labels, asked.set)
    texts = texts_of(rows)
    told = [set(read(text).codes) for text in texts]
    title = f"### Codes of Russian bank reviews by two readers, {asked.set} (version `{reading_version()}`)"
    text = "\n".join([title, "", *judged(first, second, told)]) + "\n"
    print(text)
    if asked.misses:
        print("\n".join(misses(rows, texts, first, second, told)))
    if asked.record:
        with RECORD.open("a", encoding="utf-8") as file:
            file.write(f"\n## {datetime.now(UTC).date().isoformat()}\n\n{text}")


if __name__ == "__main__":
    main()
