"""Who spoke up: displeasure in whatever way a customer let the company know of it; whoever did not, leaves silently."""

from __future__ import annotations

import polars as pl

from lakmus.engine.bucket import KEY, of_kind
from lakmus.engine.errors.detector import Scene
from lakmus.engine.errors.no_reply import displeased_marks
from lakmus.engine.errors.staff_words import displeased_texts
from lakmus.engine.text.voice import voiced

PLEASED_STARS = 4.0
"""A review of so many stars or more is no complaint, whatever small thing it names."""


def spoken_up(scene: Scene, errors: pl.DataFrame) -> pl.DataFrame:
    """Return the activities with which customers let the company know of their displeasure.

    What `voiced` has; a text that reads as displeased, questions aside; a low mark in a survey; coming back to the company on a matter
    that had been closed.

    Parameters
    ----------
    scene : one bucket. errors : `find_errors(scene).errors`.

    Returns
    -------
    pl.DataFrame : key, ts, activity_id; each activity once, sorted by ts and activity_id.
    """
    facts = scene.facts
    unpleased = scene.said.filter(~(pl.col("stars") >= PLEASED_STARS).fill_null(False))
    texts = unpleased.join(displeased_texts(unpleased), on="activity_id", how="semi").select(KEY, pl.col("at").alias("ts"), "activity_id")
    marks = of_kind(facts, "answered_survey").filter(displeased_marks())
    again = (
        errors.filter(pl.col("code") == "unresolved_problem")
        .select(KEY, "at", pl.col("evidence").alias("activity_id"))
        .explode("activity_id")
        .join(of_kind(facts, "opened_case").select(KEY, "ts", "activity_id"), on=[KEY, "activity_id"])
        .filter(pl.col("ts") == pl.col("at"))
    )
    columns = [KEY, "ts", "activity_id"]
    parts = [frame.select(columns) for frame in (voiced(facts), texts, marks, again)]
    return pl.concat(parts).unique("activity_id", maintain_order=True).sort("ts", "activity_id")
