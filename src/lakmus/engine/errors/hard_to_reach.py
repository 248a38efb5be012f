"""`hard_to_reach`: a call that did not get through, and nobody called back within a day, or the next one did not get through either."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from lakmus.engine.bucket import KEY, of_kind
from lakmus.engine.errors.detector import Detector, Found, Scene, minute_text, shaped
from lakmus.history.wording import Wording

FAILED = ("missed_call", "abandoned_queue")
HOURS = 24


def find(scene: Scene) -> Found:
    """Return failed calls without a way through within `HOURS`; each customer's day with a call, missed or not, is a moment.

    A way through: the customer's call that was answered, a reply by a person, or our contact. The error stands at the second failed attempt
    within `HOURS` where there is one, otherwise at the only one, a failed call being judged once its `HOURS` are over. Attempts up to
    `HOURS` after an error belong to it.
    """
    within = pl.duration(hours=HOURS)
    calls = of_kind(scene.facts, "called", *FAILED).sort(KEY, "ts", "activity_id")
    tried = calls.filter(pl.col("activity").is_in(FAILED))
    by_person = pl.col("_author").is_null() | (pl.col("_author") == "person")
    through = pl.concat(
        [
            of_kind(scene.facts, "called", "was_contacted").select(KEY, "ts"),
            of_kind(scene.facts, "received_reply").filter(by_person).select(KEY, "ts"),
        ]
    ).select(KEY, pl.col("ts").alias("through_at"))
    failed = (
        tried.sort("ts")
        .join_asof(through.sort("through_at"), left_on="ts", right_on="through_at", by=KEY, strategy="forward", check_sortedness=False)
        .sort(KEY, "ts", "activity_id")
    )
    reached = (pl.col("through_at") - pl.col("ts") <= within).fill_null(False)
    next_at, next_id = pl.col("ts").shift(-1).over(KEY), pl.col("activity_id").shift(-1).over(KEY)
    again = (next_at - pl.col("ts") <= within).fill_null(False) & (pl.col("through_at").is_null() | (next_at < pl.col("through_at")))
    over = (pl.col("ts") + within) < pl.lit(min(scene.as_of, scene.feeds.last_at("called", *FAILED, "received_reply", "was_contacted")))
    judged = failed.with_columns(
        pl.when(again).then(next_at).otherwise("ts").alias("at"),
        pl.when(again).then(next_id).alias("second_id"),
        (again | (~reached & over)).alias("unreached"),
    )
    errors = _first_of_each(judged.filter("unreached"))
    zone = scene.company.time_zone
    described = errors.with_columns(
        pl.coalesce("second_id", "activity_id").alias("anchor"),
        pl.concat_list("activity_id", "second_id").list.drop_nulls().alias("evidence"),
        pl.col("_case").alias("case"),
        pl.lit(0.6).alias("severity"),
        pl.lit(0.95).alias("confidence"),
        pl.when(pl.col("second_id").is_not_null())
        .then(pl.format("Не дозвонился {} и снова {}", minute_text("ts", zone, "ru"), minute_text("at", zone, "ru")))
        .otherwise(pl.format(f"Не дозвонился {{}}, за {HOURS} ч с ним никто не связался", minute_text("ts", zone, "ru")))
        .alias("summary_ru"),
        pl.when(pl.col("second_id").is_not_null())
        .then(pl.format("Could not get through on {} and again on {}", minute_text("ts", zone, "en"), minute_text("at", zone, "en")))
        .otherwise(pl.format(f"Could not get through on {{}}; nobody got in touch within {HOURS} h", minute_text("ts", zone, "en")))
        .alias("summary_en"),
    )
    return shaped(described, _moments(calls, errors, zone))


def _first_of_each(unreached: pl.DataFrame) -> pl.DataFrame:
    """Return the errors that do not belong to one before: attempts within `HOURS` after an error are part of it."""
    kept: list[int] = []
    last: dict[str, datetime] = {}
    for place, (key, began, at) in enumerate(unreached.select(KEY, "ts", "at").iter_rows()):
        if key in last and (began - last[key]).total_seconds() <= HOURS * 3600:
            continue
        kept.append(place)
        last[key] = at
    return unreached[kept]


def _moments(calls: pl.DataFrame, errors: pl.DataFrame, zone: str) -> pl.DataFrame:
    def on(moment: str) -> pl.Expr:
        return pl.col(moment).dt.convert_time_zone(zone).dt.date().alias("on")

    days = (
        calls.with_columns(on("ts"))
        .group_by(KEY, "on", maintain_order=True)
        .agg(pl.col("customer").first(), pl.col("ts").min().alias("at"))
    )
    hit = errors.select(KEY, on("at"), pl.col("at").alias("hit_at")).unique([KEY, "on"], keep="first", maintain_order=True)
    return days.join(hit, on=[KEY, "on"], how="left").with_columns(
        pl.col("hit_at").is_not_null().alias("exposed"), pl.coalesce("hit_at", "at").alias("at")
    )


DETECTOR = Detector(
    code="hard_to_reach",
    name="call_did_not_get_through",
    rule=Wording(
        f"звонок пропущен или клиент не дождался в очереди, и за {HOURS} ч не было ни удачного звонка, ни ответа, ни нашего контакта – "
        "или за это время не удался и второй",
        f"a call was missed or the queue abandoned, and within {HOURS} h there was no call that got through, no reply, no contact of "
        "ours, or a second call failed too",
    ),
    needs=(("missed_call",), ("abandoned_queue",)),
    needed=Wording("журнал звонков с пропущенными", "a log of calls with those that were missed"),
    find=find,
)
