"""What new links mean: which are news, which stand-ins turn out to be known customers, which contradict and must wait for a person."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from lakmus.stream.facts import facts, in_fact_schema
from lakmus.stream.identifiers import NOBODY, keys, provisional, with_normal
from lakmus.stream.whois import WhoIsWho

MOST_CLAIMS = 20
AUTOMATIC = "automatic"
SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class LinkReport:
    """What linking did.

    Identifiers newly linked, stand-ins merged into customers, contradictions that now wait, values that mean nobody.
    """

    linked: int = 0
    merged: int = 0
    conflicts: int = 0
    unusable: int = 0


def decide_links(state: WhoIsWho, rows: pl.DataFrame, *, source: str, at: datetime) -> tuple[pl.DataFrame, LinkReport]:
    """Return the facts that follow from rows of `kind`, `written`, `customer`, and what they amount to.

    An identifier that nobody holds goes to the first real customer that names it. A stand-in (`email:…`) is merged
    into the real customer that shares its identifier. Two real customers, or two stand-ins, who name the same
    identifier are never merged: that is a claim, and waits.
    """
    usable = _usable(rows)
    refused = rows.height - usable.height
    claims = _placed(state, _contested(state, usable))
    news = claims.filter(pl.col("is_new")).unique("key", keep="first", maintain_order=True)
    different = claims.filter(pl.col("who") != pl.col("holder"))
    links, merges = _without_circles(news, _merges(state, different))
    waiting = _waiting(state, different, merges)
    # A stand-in follows its own identifier without a merge of its own, but people count it as one.
    followed = different.filter((pl.col("key") == pl.col("who")) & ~_provisional_holder()).height
    made = [
        links.select("kind", "normal", "written", pl.col("who").alias("customer")).with_columns(pl.lit("link").alias("action")),
        merges,
        waiting,
    ]
    fresh = pl.concat([in_fact_schema(part) for part in made]).with_columns(
        pl.coalesce("source", pl.lit(source)).alias("source"), pl.lit(at).cast(pl.Datetime("us", "UTC")).alias("at")
    )
    return fresh, LinkReport(links.height, merges.height + followed, waiting.height, refused)


def conflict_id(kind: str, normal: str) -> str:
    """Return the name of the conflict about one identifier; it tells nothing about the identifier itself."""
    return hashlib.sha256(f"{kind}\x1f{normal}".encode()).hexdigest()[:16]


def _usable(rows: pl.DataFrame) -> pl.DataFrame:
    rows = rows.with_columns(pl.col("written").fill_null(""), pl.col("customer").fill_null("").str.strip_chars())
    rows = with_normal(rows.filter(~pl.col("customer").str.to_lowercase().is_in(NOBODY)))
    return rows.filter(pl.col("normal").is_not_null()).with_columns(keys().alias("key"))


def _contested(state: WhoIsWho, rows: pl.DataFrame) -> pl.DataFrame:
    """Add `held` (whose the identifier is now, if anybody's); drop what is known already and what a person declared nobody's own."""
    if state.events.shared:
        rows = rows.filter(~pl.col("key").is_in(list(state.events.shared)))
    rows = rows.join(state.links.select("key", pl.col("customer").alias("held")), on="key", how="left", maintain_order="left")
    rows = rows.filter(pl.col("held").is_null() | (pl.col("held") != pl.col("customer")))
    return rows.unique(["key", "customer"], keep="first", maintain_order=True)


def _placed(state: WhoIsWho, rows: pl.DataFrame) -> pl.DataFrame:
    """Add `who` (the person the row names), `holder` (whose the identifier is) and `is_new`, real customers first."""
    rows = rows.with_columns(
        state.canonical_column(rows["customer"]).alias("who"),
        state.canonical_column(rows.select(pl.coalesce("held", "key").alias("start"))["start"]).alias("holder"),
    )
    rows = rows.filter(~_kept_apart(state, rows, "key", "who"))
    rows = rows.with_columns((pl.col("held").is_null() & (pl.col("holder") == pl.col("key"))).alias("is_new"))
    rows = rows.with_columns(provisional("who").alias("stands_in")).sort("stands_in", maintain_order=True)
    first = pl.col("who").first().over("key")
    return rows.with_columns(pl.when("is_new").then(first).otherwise("holder").alias("holder"))


def _provisional_holder() -> pl.Expr:
    return provisional("holder")


def _merges(state: WhoIsWho, different: pl.DataFrame) -> pl.DataFrame:
    """Return the merges of stand-ins that need saying: `customer` into `other`."""
    who, holder, key = pl.col("who"), pl.col("holder"), pl.col("key")
    own = provisional("holder") & provisional("who") & ((key == who) | (key == holder))
    into_holder = (provisional("who") & ~provisional("holder") & (key != who)) | (own & (key == who))
    into_who = (provisional("holder") & ~provisional("who")) | (own & (key == holder))
    found = different.filter(into_holder | into_who).with_columns(
        pl.when(into_holder).then(who).otherwise(holder).alias("from"), pl.when(into_holder).then(holder).otherwise(who).alias("into")
    )
    found = found.filter(~_kept_apart(state, found, "from", "into")).unique("from", keep="first", maintain_order=True)
    named = found.select(
        pl.lit("merge").alias("action"),
        "kind",
        "normal",
        pl.col("from").alias("customer"),
        pl.col("into").alias("other"),
        pl.lit(AUTOMATIC).alias("source"),
    )
    return named.with_columns(pl.Series("fact_id", [secrets.token_hex(8) for _ in range(named.height)], dtype=pl.String))


def _without_circles(links: pl.DataFrame, merges: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Drop links and merges that would lead back to where they start; only steps that lean on each other can."""
    steps = pl.concat(
        [
            links.filter(pl.col("key") != pl.col("who")).select("key", pl.col("who").alias("next")),
            merges.select(pl.col("customer").alias("key"), pl.col("other").alias("next")),
        ]
    )
    leaning = steps.join(steps.select(pl.col("key").alias("next")).unique(), on="next", how="semi")
    if not leaning.height:
        return links, merges
    following = dict(steps.filter(~pl.col("key").is_in(leaning["key"].implode())).iter_rows())
    dropped = []
    for key, onward in leaning.iter_rows():
        end = onward
        while end in following and end != key:
            end = following[end]
        if end == key or key in following:
            dropped.append(key)
        else:
            following[key] = onward
    circle = pl.Series(dropped, dtype=pl.String).implode()
    return links.filter(~pl.col("key").is_in(circle)), merges.filter(~pl.col("customer").is_in(circle))


def _waiting(state: WhoIsWho, different: pl.DataFrame, merges: pl.DataFrame) -> pl.DataFrame:
    """Return claims for what still contradicts after the merges and was not claimed before."""
    following = dict(merges.select("customer", "other").iter_rows())
    left = different.filter((pl.col("key") != pl.col("who")) | _provisional_holder())
    if following:
        left = left.with_columns(
            pl.col("who").replace(following).replace(following), pl.col("holder").replace(following).replace(following)
        ).filter(pl.col("who") != pl.col("holder"))
    left = left.filter(pl.int_range(pl.len()).over("key") < MOST_CLAIMS).filter(~_kept_apart(state, left, "who", "holder"))
    about = [conflict_id(kind, normal) for kind, normal in left.select("kind", "normal").iter_rows()]
    known = {(name, str(claim["customer"])) for name, claims in state.events.claims.items() for claim in claims}
    fresh = pl.Series([pair not in known for pair in zip(about, left["who"], strict=True)], dtype=pl.Boolean)
    claimed = left.select(
        pl.lit("claim").alias("action"), "kind", "normal", "written", pl.col("who").alias("customer"), pl.col("holder").alias("other")
    )
    return claimed.with_columns(pl.Series("fact_id", about, dtype=pl.String)).filter(fresh)


def _kept_apart(state: WhoIsWho, rows: pl.DataFrame, one: str, other: str) -> pl.Series:
    pairs = [SEPARATOR.join(pair) for pair in state.events.apart]
    return rows.select((pl.col(one) + SEPARATOR + pl.col(other)).is_in(pairs).alias("apart"))["apart"]


def merge_fact(customer: str, into: str, *, actor: str, at: datetime) -> tuple[str, pl.DataFrame]:
    """Return the name and the fact of a merge that a person decided."""
    name = secrets.token_hex(8)
    return name, facts([{"action": "merge", "customer": customer, "other": into, "fact_id": name, "source": actor, "at": at}])
