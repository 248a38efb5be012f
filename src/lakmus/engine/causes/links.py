"""Errors that hang together: what else went wrong in the same case or about the same order, before and after."""

from __future__ import annotations

import polars as pl

STAGE = {
    "broken_promise": 0, "inattention": 0, "hidden_charge": 0, "checkout_obstacle": 0, "automatic_message_error": 0,
    "hard_to_reach": 1, "slow_reply": 2, "no_reply": 2,
    "wrong_information": 3, "indifference": 3, "rudeness": 3, "formal_script": 3, "inflexibility": 3, "untrained_staff": 3,
    "no_personal_approach": 3, "misunderstanding": 4, "unresolved_problem": 5, "no_aftersales": 6,
}  # fmt: skip
"""The order in which one matter goes wrong: the order itself, the way in, the wait, what was said, whether it was understood, whether it
was solved, what came after. An error of an earlier stage of the same matter may breed one of a later stage, never the other way round."""
_STAGE_OF_CODE, _STAGE_OF_OTHER = (pl.col(name).replace_strict(STAGE, default=3, return_dtype=pl.Int64) for name in ("code", "other"))


def told_apart(moments: pl.DataFrame, errors: pl.DataFrame) -> pl.DataFrame:
    """Add to moments what else went wrong in the same matter makes of them.

    Parameters
    ----------
    moments : code, customer, order, case, at. errors : those shown by facts, by customer and time: code, customer, order, case, at,
        amount_of_delay.

    Returns
    -------
    pl.DataFrame : the moments in their order and `tangled`: at that very moment another error of the same stage happened, or the case had
        gone wrong at this or a later stage before, so that the moment tells neither what the error does nor how it is without it;
        `delay`: that of the moment's own error, in the unit of the error's doses; null where there is none or it is unknown.
    """
    frame = moments.with_row_index("row")
    pairs = _beside(frame, errors)
    same, other = _STAGE_OF_OTHER == _STAGE_OF_CODE, pl.col("other") != pl.col("code")
    at_once = same & other & (pl.col("other_at") == pl.col("at"))
    gone_wrong = pl.col("same_case") & (_STAGE_OF_OTHER >= _STAGE_OF_CODE) & (pl.col("other_at") < pl.col("at"))
    tangled = pairs.filter(at_once | gone_wrong)["row"].unique()
    delay = pairs.filter(~other).unique("row", keep="first", maintain_order=True)
    frame = frame.join(delay.select("row", pl.col("amount_of_delay").alias("delay")), on="row", how="left", maintain_order="left")
    return frame.with_columns(pl.col("row").is_in(tangled.implode()).alias("tangled")).drop("row")


def linked_errors(moments: pl.DataFrame, errors: pl.DataFrame, codes: tuple[str, ...]) -> pl.DataFrame:
    """Add to moments `earlier` and `later`: which other errors there were of the same case, or about the same order, of an earlier and of
    a later stage, arrays (codes,) of 0 and 1. `moments` and `errors` as in `told_apart`.
    """
    frame = moments.with_row_index("row")
    pairs = _beside(frame, errors).filter(pl.col("other") != pl.col("code")).unique(["row", "other"], keep="first", maintain_order=True)
    # Faults of one stage (a slow answer or none, two faults of one reply) do not breed each other: each stands beside the other.
    later = _STAGE_OF_OTHER > _STAGE_OF_CODE
    # What lies before the moment is counted with the errors since the last purchase already, unless it concerns this matter.
    earlier = ~later & (pl.col("other_at") >= pl.col("at"))
    for name, wanted in (("earlier", earlier), ("later", later)):
        found = pairs.filter(wanted)
        marks = found.group_by("row").agg(*(pl.col("other").eq(code).any().cast(pl.UInt8).alias(f"{name}_{code}") for code in codes))
        marked = frame.select("row").join(marks, on="row", how="left", maintain_order="left")
        block = marked.select(pl.concat_arr([pl.col(f"{name}_{code}").fill_null(0) for code in codes]).alias(name))
        frame = frame.with_columns(block[name])
    return frame.drop("row")


def _beside(frame: pl.DataFrame, errors: pl.DataFrame) -> pl.DataFrame:
    """Return each moment (`row`) with each error of the same case, then with each about the same order, in the errors' order."""
    own = errors.filter(pl.col("customer").is_not_null()).select(
        "customer", "order", "case", pl.col("code").alias("other"), "amount_of_delay", pl.col("at").alias("other_at")
    )
    found = []
    for matter in ("case", "order"):
        known = frame.filter(pl.col(matter).is_not_null()).select("row", "code", "customer", matter, "at")
        pairs = known.join(own.filter(pl.col(matter).is_not_null()), on=["customer", matter], maintain_order="left_right")
        found.append(pairs.select("row", "code", "other", "at", "other_at", "amount_of_delay", pl.lit(matter == "case").alias("same_case")))
    return pl.concat(found)
