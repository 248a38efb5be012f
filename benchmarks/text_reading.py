"""Claims about reading texts: how well (public data, beside this repository) and how fast (a million short texts, two processes).

    python -m benchmarks.text_reading --fit            # the weights of the polarity, from the texts that may be looked at
    python -m benchmarks.text_reading --record         # the judgement; opens what judges
    python -m benchmarks.text_reading --only lexicon   # the same without banking77, which is judged by own labels

Which data may be looked at and which only judge stands in docs/explanation/text.md. The data are looked for in `../shared/data`.
The peer in speed is a plain keyword search of the same number of ways of saying in one regular expression.
"""

from __future__ import annotations

import argparse
import csv
import functools
import hashlib
import os
import re
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import StratifiedKFold

from benchmarks.measuring import RECORD, Line, publish, run, run_python
from lakmus.engine.text.embeddings import installed_version
from lakmus.engine.text.own_labels import learn_labels, learn_polarity
from lakmus.engine.text.reader import Reading, read, reading_version
from lakmus.engine.text.sides import service_displeasure, service_features
from lakmus.history.estimate import NotEnoughEvidence

DATA = Path(__file__).parent.parent.parent / "shared" / "data"
PRICE_CODES = frozenset({"price", "hidden_charge"})
Row = tuple[str, str]


def restaurants(part: str) -> list[tuple[str, dict[str, str]]]:
    """Return (text, sentiment by category) of SentiRuEval's restaurants, "train" or "test"."""
    root = ElementTree.parse(DATA / "ru_sentirueval" / f"SentiRuEval_rest_markup_{part}.xml").getroot()
    return [
        (review.findtext("text") or "", {one.get("name", ""): one.get("sentiment", "") for one in review.iter("category")})
        for review in root.iter("review")
    ]


def bank_reviews(*, looked_at: bool) -> list[tuple[str, float]]:
    """Return (text, stars) of the fifth that may be looked at, or of the rest."""
    with (DATA / "ru_otzovik_sber" / "reviews.csv").open(encoding="utf-8") as file:
        rows = [(row["text"], float(row["stars"])) for row in csv.DictReader(file)]
    return [row for row in rows if (int.from_bytes(hashlib.md5(row[0].encode()).digest()[:4], "big") % 5 == 0) == looked_at]


def marked(rows: Sequence[tuple[str, float]]) -> tuple[list[str], np.ndarray]:
    """Return the texts with 1–2 or 4–5 stars, each text once, and which of them are negative."""
    unique = {text: stars for text, stars in rows if stars != 3}
    return list(unique), np.array([stars < 3 for stars in unique.values()])


def fit() -> None:
    """Print the weights of the polarity: both kinds of text, and within them both polarities, weigh alike; no level."""
    texts, negative = marked(bank_reviews(looked_at=True))
    meals = [(text, told["Whole"]) for text, told in restaurants("train") if told["Whole"] in ("negative", "positive")]
    features = np.array([read(text).feelings.features() for text in [*texts, *(text for text, _ in meals)]])
    truth = np.concatenate([negative, [told == "negative" for _, told in meals]])
    group = 2 * (np.arange(len(truth)) >= len(texts)) + truth
    weights = len(truth) / 4 / np.bincount(group)[group]
    model = LogisticRegression(C=10, fit_intercept=False).fit(features, truth, sample_weight=weights)
    print("WEIGHTS =", tuple(float(weight) for weight in model.coef_[0].round(2)))
    served = [(service_features(read(text)), told["Service"] in ("negative", "both")) for text, told in restaurants("train")]
    said = [(features, told) for features, told in served if features is not None]
    side = LogisticRegression(C=1).fit([features for features, _ in said], [told for _, told in said])
    print("SERVICE_WEIGHTS =", tuple(float(weight) for weight in (*side.intercept_.round(2), *side.coef_[0].round(2))))


def f1_of_two(truth: np.ndarray, told: np.ndarray) -> tuple[float, float]:
    """Return the F1 of the negative class and the mean F1 of both."""
    return float(f1_score(truth, told)), float(f1_score(truth, told, average="macro"))


def judged_restaurants(part: str) -> Iterator[str]:
    """Yield lines about the categories of reviews that name a negative side ("negative" or "both")."""
    rows = restaurants(part)
    said = [read(text) for text, _ in rows]
    sides: tuple[tuple[str, Callable[[Reading], bool], str], ...] = (
        ("Service", lambda reading: service_displeasure(reading) >= 0.5, ".72"),
        ("Price", lambda reading: bool(PRICE_CODES & set(reading.codes)), "above .45"),
    )
    for name, displeased, goal in sides:
        truth = np.array([told[name] in ("negative", "both") for _, told in rows])
        told = np.array([displeased(one) for one in said])
        hit = int((truth & told).sum())
        yield (
            f"SentiRuEval restaurants, {part}, “{name.lower()}, negative”: F1 {f1_score(truth, told):.3f} (goal {goal}), precision "
            f"{hit / max(1, told.sum()):.3f}, recall {hit / max(1, truth.sum()):.3f}, {truth.sum()} of {len(rows)} reviews"
        )
    whole = [(text, told["Whole"] == "negative") for text, told in rows if told["Whole"] in ("negative", "positive")]
    negative, both = f1_of_two(np.array([told for _, told in whole]), said_negative([text for text, _ in whole]))
    yield f"SentiRuEval restaurants, {part}, polarity by the lexicon alone: F1 {negative:.3f} (negative), {both:.3f} (mean of both)"


def said_negative(texts: Sequence[str]) -> np.ndarray:
    """Return which texts the lexicon calls negative; an undecided one counts as positive."""
    return np.array([read(text).polarity == "negative" for text in texts])


def judged_bank_reviews() -> Iterator[str]:
    """Yield lines about polarity on the four fifths that nobody looked at: lexicon, 5-fold, and after few marks of one's own."""
    texts, negative = marked(bank_reviews(looked_at=False))
    lexicon = said_negative(texts)
    one, both = f1_of_two(negative, lexicon)
    sure = [(reading.confidence or 0.5, reading.polarity == "negative") for reading in map(read, texts)]
    yield f"Bank reviews, polarity by the lexicon alone: F1 {one:.3f} (negative), {both:.3f} (mean of both), {len(texts)} reviews"
    bins = np.clip((np.array([confidence for confidence, _ in sure]) * 10).astype(int) - 5, 0, 4)
    right = np.array([told for _, told in sure]) == negative
    said = np.array([confidence for confidence, _ in sure])
    error = sum(abs(said[bins == at].mean() - right[bins == at].mean()) * (bins == at).mean() for at in range(5) if (bins == at).any())
    yield f"Bank reviews, confidence of the lexicon: said {said.mean():.3f}, right {right.mean():.3f}, calibration error {error:.3f}"
    folds = list(StratifiedKFold(5, shuffle=True, random_state=5).split(texts, negative))
    for size in (100, 300, 1000, None):
        scores = [
            f1_of_two(negative[test], _own(texts, negative, train, test, size=size, seed=at)) for at, (train, test) in enumerate(folds)
        ]
        one, both = np.mean(scores, axis=0)
        yield f"Bank reviews, polarity after {size or 'all (5-fold)'} own marks: F1 {one:.3f} (negative), {both:.3f} (mean of both)"


def _own(texts: list[str], negative: np.ndarray, train: np.ndarray, test: np.ndarray, *, size: int | None, seed: int) -> np.ndarray:
    drawn = np.random.default_rng([7, seed]).permutation(train)[:size]
    learned = learn_polarity([texts[at] for at in drawn], [1.0 if negative[at] else 5.0 for at in drawn])
    if isinstance(learned, NotEnoughEvidence):
        return said_negative([texts[at] for at in test])
    return np.array(learned.told([texts[at] for at in test])) == "negative"


def banking(part: str) -> list[Row]:
    """Return (text, intent) of banking77, "train" or "test"."""
    with (DATA / "banking77" / f"{part}.csv").open(encoding="utf-8") as file:
        return [(row["text"], row["category"]) for row in csv.DictReader(file)]


def judged_banking() -> Iterator[str]:
    """Yield the lines about telling 77 intents apart after own labels: by words, and with sentence embeddings where they are installed."""
    train, test = banking("train"), banking("test")
    truth, here = [intent for _, intent in test], installed_version()
    for version in (None, here) if here else (None,):
        before = time.process_time()
        learned = learn_labels([text for text, _ in train], [intent for _, intent in train], embeddings=version)
        told = learned.told([text for text, _ in test])
        accuracy, macro = accuracy_score(truth, told), f1_score(truth, told, average="macro")
        yield (
            f"banking77, 77 intents by own labels, {f'words and {version}' if version else 'words alone'}: accuracy {accuracy:.3f}, "
            f"mean F1 {macro:.3f} (goal .93), {len(truth)} questions, {time.process_time() - before:.0f} s of processor"
        )
    if not here:
        yield "banking77 with sentence embeddings: not judged, the extra lakmus[embeddings] is not installed"


def judged_support() -> Iterator[str]:
    """Yield the line about English polarity: remarks of support cases against their CSAT mark (1–2 against 4–5)."""
    with (DATA / "support_csat" / "tickets.csv").open(encoding="utf-8") as file:
        rows = [
            (row["Customer Remarks"], float(row["CSAT Score"])) for row in csv.DictReader(file) if (row["Customer Remarks"] or "").strip()
        ]
    kept = [(text, mark < 3) for text, mark in rows if mark != 3]
    truth = np.array([negative for _, negative in kept])
    readings = [read(text) for text, _ in kept]
    decided = np.array([reading.polarity is not None for reading in readings])
    told = np.array([reading.polarity == "negative" for reading in readings])
    one, both = f1_of_two(truth[decided], told[decided])
    yield (
        f"Support remarks (English), polarity by the lexicon alone: decided {decided.mean():.3f} of {len(kept)}; "
        f"on those F1 {one:.3f} (negative), {both:.3f} (mean of both)"
    )


MADE = """
import sys
from benchmarks.text_reading import short_texts
for at in range(20):
    short_texts(int(sys.argv[1]) // 20, seed=at)
"""
SPEED = """
import resource, sys
from multiprocessing import Pool
import numpy as np, polars as pl
from benchmarks.text_reading import short_texts
from lakmus.engine.text.table import read_column
COUNT, PARTS = int(sys.argv[1]), 20
def part(at):
    return read_column(short_texts(COUNT // PARTS, seed=at)).select(pl.col("codes").list.len().sum()).item()
if __name__ == "__main__":
    with Pool(2) as pool:
        print(sum(pool.map(part, range(PARTS), chunksize=1)))
"""
PEER = """
import sys
from multiprocessing import Pool
import polars as pl
from benchmarks.text_reading import keyword_expression, short_texts
COUNT, PARTS = int(sys.argv[1]), 20
def part(at):
    texts = short_texts(COUNT // PARTS, seed=at).to_frame("t")
    return texts.select(pl.col("t").str.to_lowercase().str.contains(keyword_expression()).sum()).item()
if __name__ == "__main__":
    with Pool(2) as pool:
        print(sum(pool.map(part, range(PARTS), chunksize=1)))
"""


def short_texts(count: int, *, seed: int):  # type: ignore[no-untyped-def]
    """Return `count` texts of 50–170 signs, put together with a seed from sentences that may be looked at; no two alike."""
    import polars as pl

    sentences = _sentences()
    chance = np.random.default_rng([11, seed])
    first, second = chance.integers(0, len(sentences), (2, count))
    numbers = chance.integers(0, 10**9, count)
    return pl.Series([f"{sentences[a]} {sentences[b]} {number}" for a, b, number in zip(first, second, numbers, strict=True)])


@functools.cache
def _sentences() -> list[str]:
    texts = [text for rows in (bank_reviews(looked_at=True), banking("train"), restaurants("train")) for text, _ in rows]
    parts = (part.strip() for text in texts for part in re.split(r"(?<=[.!?])\s+", text))
    return [part for part in parts if 20 <= len(part) <= 80]


def keyword_expression() -> str:
    """Return one regular expression with the beginning of the first word of each entry of the lexicon."""
    from lakmus.engine.text.notation import entries_of

    words = {
        word.strip("=*")[:6] for name in ("ru", "en") for entry in entries_of(name).values() for word in re.findall(r"[\w*=]{4,}", entry)
    }
    return r"\b(?:" + "|".join(sorted(re.escape(word) for word in words)) + ")"


def speed(count: int) -> list[Line]:
    """Return the lines of the table of speed."""
    made = run_python(
        "import sys\nfrom benchmarks.text_reading import short_texts\nfor at in range(20): short_texts(int(sys.argv[1]) // 20, seed=at)",
        str(count),
    )
    ours, peer = run_python(SPEED, str(count)), run_python(PEER, str(count))
    remark = f"{count:,} texts of about 100 signs, two processes"
    return [
        Line("putting the texts together, once in each of both", made.seconds, made.peak_bytes, cpu_seconds=made.cpu_seconds),
        Line("Lakmus: the whole reading", ours.seconds, ours.peak_bytes, peer.seconds / ours.seconds, remark, ours.cpu_seconds),
        Line(
            "Polars: any of the lexicon's beginnings of words", peer.seconds, peer.peak_bytes, 1.0, "no codes, no places", peer.cpu_seconds
        ),
    ]


def by_command(count: int) -> list[Line]:
    """Return the line of `lakmus text read` over a CSV file of so many texts, its answer read to the end."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "texts.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["number", "text"])
            for seed in range(20):
                rows.writerows(enumerate(short_texts(count // 20, seed=seed)))
        told = f"{sys.executable} -m lakmus text read {path} --column text --format json | wc -l"
        found = run(["/bin/sh", "-c", told], environment={"LAKMUS_HOME": folder})
    if int(found.output) != count // 20 * 20:
        sys.exit(f"{found.output} lines for {count} texts")
    wanted = f"{os.getloadavg()[0]:.1f} processes wanted {os.cpu_count()} processors in the last minute"
    remark = f"{count:,} texts of about 100 signs; {wanted}"
    return [Line("`lakmus text read FILE.csv --format json`", found.seconds, found.peak_bytes, None, remark, found.cpu_seconds)]


def main() -> None:
    """Fit, or judge and measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--development", action="store_true", help="judge by what may be looked at only")
    parser.add_argument("--only", choices=("judgement", "lexicon", "banking", "speed", "command"))
    parser.add_argument("--texts", type=int, default=1_000_000)
    asked = parser.parse_args()
    if not DATA.exists():
        sys.exit(f"no data in {DATA}: nothing was judged")
    if asked.fit:
        fit()
        return
    if asked.development:
        print("\n".join(judged_restaurants("train")))
        return
    if asked.only == "command":
        publish("Reading short texts from a file", by_command(asked.texts), record=asked.record)
        return
    if asked.only not in ("judgement", "lexicon", "banking"):
        publish("Reading a million short texts", speed(asked.texts), record=asked.record)
    if asked.only == "speed":
        return
    lexicon: tuple[Callable[[], Iterator[str]], ...] = (lambda: judged_restaurants("test"), judged_bank_reviews, judged_support)
    parts = {"lexicon": lexicon, "banking": (judged_banking,)}.get(asked.only, (*lexicon, judged_banking))
    lines = [f"- {line}" for part in parts for line in part()]
    text = "\n".join([f"Version `{reading_version()}`:", "", *lines]) + "\n"
    print(text)
    if asked.record:
        with RECORD.open("a", encoding="utf-8") as file:
            file.write(f"\n## {datetime.now(UTC).date().isoformat()}\n\n### Reading of texts\n\n{text}")


if __name__ == "__main__":
    main()
