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


def linked_errors(moments: pl.DataFrame, errors: pl.DataFrame, codes: tuple[str, ...]) -> pl.DataFrame:
    """Add to moments `earlier` and `later` (arrays over `codes`: other errors of the same case, or about the same order, of an earlier or a
    later stage), `dose`: the delay of the moment's own error, 0 where there was none, NaN where it is unknown, and `tangled`: at that very
    moment another error of the same stage happened, or the case had gone wrong at this or a later stage before, so that the moment tells
    neither what the error does nor how it is without it.

    Parameters
    ----------
    moments : code, customer, order, case, exposed. errors : code, customer, order, case, amount_of_delay.
    """
    frame = moments.with_row_index("row")
    own = errors.filter(pl.col("customer").is_not_null()).select(
        "customer", "order", "case", pl.col("code").alias("other"), "amount_of_delay", pl.col("at").alias("other_at")
    )
    by_case = frame.filter(pl.col("case").is_not_null()).join(own.filter(pl.col("case").is_not_null()), on=["customer", "case"])
    by_order = frame.filter(pl.col("order").is_not_null()).join(own.filter(pl.col("order").is_not_null()), on=["customer", "order"])
    columns = ["row", "code", "other", "at", "other_at", "amount_of_delay", "exposed"]
    both = pl.concat([by_case.select(*columns, same_case=pl.lit(True)), by_order.select(*columns, same_case=pl.lit(False))])
    stage = {code: STAGE.get(code, 3) for code in codes}
    mine, its = (pl.col(name).replace_strict(stage, default=3, return_dtype=pl.Int64) for name in ("code", "other"))
    at_once = (its == mine) & (pl.col("other") != pl.col("code")) & (pl.col("other_at") == pl.col("at"))
    tangled = both.filter(at_once | (pl.col("same_case") & (its >= mine) & (pl.col("other_at") < pl.col("at"))))["row"]
    frame = frame.with_columns(pl.col("row").is_in(tangled.unique().implode()).alias("tangled"))
    pairs = both.unique(["row", "other"], keep="first", maintain_order=True)
    # Faults of one stage (a slow answer or none, two faults of one reply) do not breed each other: each stands beside the other.
    beside = (its == mine) & (pl.col("other") != pl.col("code"))
    kind = pl.when(pl.col("other") == pl.col("code")).then(pl.lit("own")).when((its < mine) | beside).then(pl.lit("earlier"))
    pairs = pairs.with_columns(kind.when(its > mine).then(pl.lit("later")).alias("kind"))
    for name in ("earlier", "later"):
        found = pairs.filter(pl.col("kind") == name)
        if name == "earlier":
            # What lies before the moment is counted with the errors since the last purchase already, unless it concerns this matter.
            found = found.filter(pl.col("other_at") >= pl.col("at"))
        marks = found.group_by("row").agg(*(pl.col("other").eq(code).any().cast(pl.UInt8).alias(f"{name}_{code}") for code in codes))
        marked = frame.select("row").join(marks, on="row", how="left", maintain_order="left")
        block = marked.select(pl.concat_arr([pl.col(f"{name}_{code}").fill_null(0) for code in codes]).alias(name))
        frame = frame.with_columns(block[name])
    delay = pairs.filter(pl.col("kind") == "own").select("row", pl.col("amount_of_delay").alias("delay"))
    frame = frame.join(delay, on="row", how="left", maintain_order="left")
    dose = pl.when("exposed").then(pl.col("delay").cast(pl.Float64).fill_null(float("nan"))).otherwise(0.0)
    return frame.with_columns(dose.alias("dose")).drop("row", "delay")
