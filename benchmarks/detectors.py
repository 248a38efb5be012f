"""Claim: detectors find planted errors with precision and recall of .95 from facts; those of words are shown with what they are taken for.

    python -m benchmarks.detectors --customers 5000 --seed 22 --record

A shop is simulated with errors planted by code that shares nothing with the detectors, its files go through the whole import, and all
detectors read the stream. Planted and found errors are the same where they have one code and name the same case, the same order (for
errors of orders), or the same customer within 90 seconds. The peer is the truth itself.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pyarrow as pa

from benchmarks.measuring import RECORD, run
from lakmus.engine.bucket import SCORE_COLUMNS, facts_until
from lakmus.engine.errors.catalogue import ERROR_CODES
from lakmus.engine.errors.detector import Scene
from lakmus.engine.errors.search import DETECTORS, find_errors
from lakmus.engine.feeds import feeds_of
from lakmus.history.company import Company
from lakmus.runners.local import map_buckets
from lakmus.stream.store import Stream

OF_ORDERS = ("broken_promise", "no_aftersales", "hidden_charge", "inattention")
SAME_MOMENT_SECONDS = 90


def found_in(home: Path, *, as_of: datetime) -> tuple[pl.DataFrame, dict[str, int], pl.DataFrame]:
    """Return every error that the detectors find in an imported company, in how many texts each detector of words finds its code, and
    what every text was read to say (activity, case, customer, at, codes).
    """
    stream = Stream.open(home / "stream")
    parts = list(map_buckets(stream, _same, as_of=as_of, columns=SCORE_COLUMNS, workers=1))
    facts = facts_until(pa.concat_tables(parts), as_of=as_of)
    scene = Scene(facts, feeds_of(facts), Company(), as_of)
    told = {one.name: one.find(scene).errors.height for one in DETECTORS if one.source == "words"}
    read = scene.said.select("activity", "case", "customer", "at", "codes")
    return find_errors(scene).errors, told, read


def _same(table: pa.Table, bucket: int) -> pa.Table:
    return table


def planted_in(folder: Path) -> tuple[pl.DataFrame, datetime]:
    """Return the errors that the simulator planted, and when its files end."""
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    names = ("code", "customer", "order", "case", "at", "finding")
    rows = pl.DataFrame([{name: row.get(name) for name in names} for row in truth["errors"]], schema=dict.fromkeys(names, pl.String()))
    moments = pl.col("at").str.to_datetime(time_zone="UTC").cast(pl.Datetime("us", "UTC"))
    return rows.with_columns(moments, pl.col("finding").fill_null("")), datetime.fromisoformat(truth["end"])


KINDS = {"sent_message": "message", "left_review": "review", "answered_survey": "survey"}


def meant_in(folder: Path) -> pl.DataFrame:
    """Return what every text of a customer was made to say: kind, case, customer, at, meant."""
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["texts"]
    names = ("kind", "case", "customer", "at", "codes")
    schema = {**dict.fromkeys(names, pl.String()), "codes": pl.List(pl.String())}
    rows = pl.DataFrame([{name: row[name] for name in names} for row in truth], schema=schema)
    return rows.with_columns(pl.col("at").str.to_datetime(time_zone="UTC").cast(pl.Datetime("us", "UTC"))).rename({"codes": "meant"})


def words_judged(meant: pl.DataFrame, read: pl.DataFrame) -> pl.DataFrame:
    """Return (kind, meant, codes) of the texts that both know: messages by case and minute, reviews by their moment, comments by customer
    and moment; a moment that two share tells neither apart and is left out.
    """
    key = pl.when(pl.col("kind") == "message").then("case").when(pl.col("kind") == "survey").then("customer").alias("key")
    mine = meant.with_columns(key)
    theirs = read.with_columns(pl.col("activity").replace_strict(KINDS, default=None).alias("kind")).drop_nulls("kind")
    theirs = theirs.with_columns(key)
    same = ["kind", "key", "at"]
    alone = [frame.with_columns(pl.col("key").fill_null("")).filter(pl.len().over(same) == 1) for frame in (mine, theirs)]
    codes = pl.col("codes").list.set_intersection(pl.lit(list(ERROR_CODES)))
    return alone[0].join(alone[1], on=same).select("kind", "meant", codes.alias("codes"))


def words_lines(texts: pl.DataFrame) -> list[str]:
    """Return the table of codes in customers' words, and which codes are read where another was meant (texts that mean one code)."""
    lines = ["| code in customers' words | meant | read | precision | recall |", "|---|---:|---:|---:|---:|"]
    told = texts.with_row_index("i")
    meant, read = (told.select("i", pl.col(name).alias("code")).explode("code").drop_nulls() for name in ("meant", "codes"))
    met = meant.join(read, on=["i", "code"])
    for code in ERROR_CODES:
        wanted, given, both = (frame.filter(pl.col("code") == code).height for frame in (meant, read, met))
        if wanted or given:
            shares = [f"{both / count:.3f}" if count else "" for count in (given, wanted)]
            lines.append(f"| `{code}` | {wanted:,} | {given:,} | {shares[0]} | {shares[1]} |")
    single = told.filter(pl.col("meant").list.len() == 1).select("i", pl.col("meant").list.first().alias("is"))
    sizes = dict(single.group_by("is").len().iter_rows())
    pairs = single.join(read, on="i").group_by("is", "code").len()
    share = {(one, other): count / sizes[one] for one, other, count in pairs.iter_rows()}
    codes = sorted({other for pair in share for other in pair})
    lines += ["", "| meant alone | " + " | ".join(codes) + " |", "|---|" + "---:|" * len(codes)]
    for one in sorted(sizes):
        cells = [f"{share[one, other]:.2f}" if (one, other) in share else "" for other in codes]
        lines.append(f"| `{one}` ({sizes[one]}) | " + " | ".join(cells) + " |")
    return lines


def judged(planted: pl.DataFrame, found: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return both with `met`: whether the other has the same error."""
    planted, found = planted.with_row_index("i"), found.with_row_index("j")
    mine = planted.select("i", "code", "case", "order", "customer", "at")
    theirs = found.select("j", "code", "case", "order", "customer", pl.col("at").alias("found_at"))
    by_case = mine.join(theirs, on=["code", "case"])
    by_order = mine.filter(pl.col("code").is_in(OF_ORDERS)).join(theirs, on=["code", "order"])
    near = (pl.col("at") - pl.col("found_at")).dt.total_seconds().abs() <= SAME_MOMENT_SECONDS
    by_moment = mine.join(theirs, on=["code", "customer"]).filter(near)
    nobody = mine.join(theirs.filter(pl.col("customer").is_null()), left_on=["code", "at"], right_on=["code", "found_at"])
    pairs = pl.concat([part.select("i", "j") for part in (by_case, by_order, by_moment, nobody)])
    met = [pl.col(name).is_in(pairs[name].unique().implode()).alias("met") for name in ("i", "j")]
    return planted.with_columns(met[0]), found.with_columns(met[1])


def lines_of(planted: pl.DataFrame, found: pl.DataFrame, told: dict[str, int]) -> list[str]:
    """Return the tables: recall by what was planted, precision by detector."""
    lines = ["| planted | | errors | recall |", "|---|---|---:|---:|"]
    recall = planted.group_by("code", "finding").agg(pl.len(), pl.col("met").mean().alias("share")).sort("code", "finding")
    lines += [f"| `{code}` | {finding} | {count:,} | {share:.3f} |" for code, finding, count, share in recall.iter_rows()]
    lines += ["", "| detector | of | reads | found | precision |", "|---|---|---|---:|---:|"]
    proved = dict(found.group_by("detector").agg(pl.col("met").sum()).iter_rows())
    precision = {name: (count, share) for name, count, share in found.group_by("detector").agg(pl.len(), pl.col("met").mean()).iter_rows()}
    for one in DETECTORS:
        if one.source == "words" and told[one.name]:
            # Words about an error that facts show are its evidence; those of an error that was planted and is known from words alone stand.
            alone = precision.get(one.name, (0, 0.0))[0]
            share = (told[one.name] - alone + proved.get(one.name, 0)) / told[one.name]
            lines.append(f"| `{one.name}` | `{one.code}` | customers' words | {told[one.name]:,} | {share:.3f} |")
        elif one.name in precision:
            count, share = precision[one.name]
            reads = "words of staff" if one.reads == "replies" else "facts"
            lines.append(f"| `{one.name}` | `{one.code}` | {reads} | {count:,} | {share:.3f} |")
    return lines


def taken_for(planted: pl.DataFrame, found: pl.DataFrame) -> list[str]:
    """Return, for errors of conversations, which codes were found in the cases in which each was planted (shares of those cases)."""
    cases = planted.filter(pl.col("case").is_not_null()).select("case", pl.col("code").alias("planted")).unique()
    alone = cases.filter(pl.len().over("case") == 1)
    hits = found.filter(pl.col("case").is_not_null()).select("case", "code").unique()
    sizes = dict(alone.group_by("planted").len().iter_rows())
    crossed = alone.join(hits, on="case").group_by("planted", "code").len()
    share = {(planted_code, code): count / sizes[planted_code] for planted_code, code, count in crossed.iter_rows()}
    codes = sorted({code for pair in share for code in pair})
    head = "| planted (cases with this error alone) | " + " | ".join(codes) + " |"
    lines = [head, "|---|" + "---:|" * len(codes)]
    for code in sorted(sizes):
        cells = [f"{share[code, other]:.2f}" if (code, other) in share else "" for other in codes]
        lines.append(f"| `{code}` ({sizes[code]}) | " + " | ".join(cells) + " |")
    return lines


def main() -> None:
    """Simulate, import, find, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=5000)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--seed", type=int, default=22)
    parser.add_argument("--folder", type=Path, help="files that were simulated already")
    parser.add_argument("--home", type=Path, help="a home into which they were imported already")
    parser.add_argument("--record", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder, home = asked.folder or Path(place) / "files", asked.home or Path(place) / "home"
        if not asked.folder:
            sizes = ["--customers", str(asked.customers), "--months", str(asked.months), "--seed", str(asked.seed)]
            run([sys.executable, "-m", "lakmus", "simulate", str(folder), *sizes])
        if not asked.home:
            files = [str(path) for path in sorted(folder.glob("*.csv"))]
            run([sys.executable, "-m", "lakmus", "import", *files, "--yes", "--home", str(home)])
        planted, end = planted_in(folder)
        everything, told, read = found_in(home, as_of=end.astimezone(UTC))
        planted, found = judged(planted, everything)
        words = words_lines(words_judged(meant_in(folder), read))
    title = f"### Detectors against planted errors, {asked.customers:,} customers, seed {asked.seed}"
    text = "\n".join([title, "", *lines_of(planted, found, told), "", *taken_for(planted, found), "", *words])
    print(text)
    if asked.record:
        with RECORD.open("a", encoding="utf-8") as record:
            record.write(f"\n{text}\n")


if __name__ == "__main__":
    main()
