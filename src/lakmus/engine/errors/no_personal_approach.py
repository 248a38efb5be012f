"""`no_personal_approach`: an offer of what the customer had returned or complained of, or through a channel that the customer refuses."""

from __future__ import annotations

import polars as pl

from lakmus.engine.bucket import KEY, of_kind
from lakmus.engine.errors.detector import Detector, Found, Scene, day_text, shaped
from lakmus.engine.errors.preferences import refused_sendings
from lakmus.engine.text.voice import NEGATIVE_STARS
from lakmus.history.wording import Wording


def find(scene: Scene) -> Found:
    """Return the offers that history or preferences speak against; every offer is a moment."""
    offers = of_kind(scene.facts, "received_offer").sort(KEY, "ts", "activity_id")
    returned = _disliked_before(scene, offers)
    refused = refused_sendings(scene.facts, "received_offer").select("activity_id", "preference_id", "preference")
    joined = offers.join(returned, on="activity_id", how="left", maintain_order="left")
    joined = joined.join(refused, on="activity_id", how="left", maintain_order="left")
    disliked, unwanted = pl.col("disliked_id").is_not_null(), pl.col("preference_id").is_not_null()
    joined = joined.with_columns((disliked | unwanted).alias("exposed"), pl.col("ts").alias("at"))
    zone = scene.company.time_zone
    errors = joined.filter("exposed").with_columns(
        pl.col("activity_id").alias("anchor"),
        pl.concat_list("disliked_id", "preference_id", "activity_id").list.drop_nulls().alias("evidence"),
        pl.lit(0.5).alias("severity"),
        pl.lit(0.95).alias("confidence"),
        pl.col("_channel").alias("channel"),
        pl.when(disliked)
        .then(pl.format("Предложили {} то, чем клиент был недоволен: {}", day_text("ts", zone, "ru"), "_product"))
        .otherwise(pl.format("Предложили {} через канал, от которого клиент отказался: «{}»", day_text("ts", zone, "ru"), "preference"))
        .alias("summary_ru"),
        pl.when(disliked)
        .then(pl.format("Was offered on {} what had displeased before: {}", day_text("ts", zone, "en"), "_product"))
        .otherwise(pl.format("Got an offer on {} through a channel refused before: “{}”", day_text("ts", zone, "en"), "preference"))
        .alias("summary_en"),
    )
    return shaped(errors, joined)


def _disliked_before(scene: Scene, offers: pl.DataFrame) -> pl.DataFrame:
    """Return (activity_id of the offer, disliked_id): the last return or complaint about the same product before the offer.

    A complaint or a bad review that names an order and no product is about the product of that order where it held one only.
    """
    facts = scene.facts
    named = pl.col("_product").str.to_lowercase().str.strip_chars().alias("product")
    lines = of_kind(facts, "ordered_item").drop_nulls(["_order", "_product"]).select(KEY, "_order", named).unique()
    single = lines.filter(pl.len().over(KEY, "_order") == 1)
    bad = (pl.col("_stars") <= NEGATIVE_STARS) | (pl.col("activity") == "complained")
    voiced = of_kind(facts, "left_review", "complained").filter(bad.fill_null(False)).join(single, on=[KEY, "_order"], how="left")
    voiced = voiced.with_columns(pl.coalesce(pl.col("_product").str.to_lowercase().str.strip_chars(), "product").alias("product"))
    columns = [KEY, "product", pl.col("ts").alias("disliked_at"), pl.col("activity_id").alias("disliked_id")]
    disliked = pl.concat([of_kind(facts, "returned_item").with_columns(named).select(columns), voiced.select(columns)]).drop_nulls(
        "product"
    )
    offered = offers.with_columns(named).drop_nulls("product").select(KEY, "product", "ts", "activity_id").sort("ts")
    found = offered.join_asof(
        disliked.sort("disliked_at", "disliked_id"), left_on="ts", right_on="disliked_at", by=[KEY, "product"], strategy="backward",
        check_sortedness=False, allow_exact_matches=False,
    )  # fmt: skip
    return found.drop_nulls("disliked_id").select("activity_id", "disliked_id")


DETECTOR = Detector(
    code="no_personal_approach",
    name="offer_against_history",
    rule=Wording(
        "предложили товар, который клиент раньше вернул или на который жаловался, или написали через канал, от которого он отказался",
        "an offer of a product that the customer had returned or complained of, or through a channel that the customer had refused",
    ),
    needs=(("received_offer",),),
    needed=Wording("журнал предложений: что, кому, через какой канал", "a log of offers: what, to whom, through which channel"),
    find=find,
)
