"""`no_reply`: a question that no person answered in time to call it an answer; a bad review left without a word."""

from __future__ import annotations

import polars as pl

from lakmus.engine.bucket import KEY, of_kind
from lakmus.engine.errors.detector import Detector, Found, Scene, minute_text, nothing_found, shaped
from lakmus.engine.feeds import CONVERSATION_KINDS
from lakmus.engine.text.voice import NEGATIVE_STARS
from lakmus.history.wording import Wording


def find(scene: Scene) -> Found:
    """Return unanswered cases and, where the company answers reviews at all, unanswered negative reviews with a text."""
    parts = [_cases(scene) if scene.feeds.has("received_reply") else nothing_found()]
    if scene.feeds.has("review_answered"):
        parts.append(_reviews(scene))
    return Found(pl.concat([part.errors for part in parts]), pl.concat([part.moments for part in parts]))


def _seen_until(scene: Scene, *kinds: str) -> pl.Expr:
    """Return the moment until which silence in these feeds can be told from a feed that ended."""
    return pl.lit(min(scene.as_of, scene.feeds.last_at(*kinds)))


def _cases(scene: Scene) -> Found:
    limit = pl.duration(minutes=scene.company.no_reply_after_minutes)
    missed = (pl.col("waited_minutes") > scene.company.no_reply_after_minutes) & (
        ~pl.col("open") | (pl.col("opened_at") + limit < _seen_until(scene, *CONVERSATION_KINDS))
    )
    first = scene.clocks.filter(missed).sort("opened_at", "open_id").unique([KEY, "conversation"], keep="first", maintain_order=True)
    errors = _described(
        first.with_columns(
            (pl.col("opened_at") + limit).alias("at"), pl.concat_list("open_id", "stop_id").list.drop_nulls().alias("evidence")
        ),
        scene,
        Wording("Написал {}", "Wrote on {}"),
    )
    moments = scene.clocks.group_by(KEY, "conversation").agg(
        *(pl.col(name).first() for name in ("customer", "case", "order")),
        pl.col("opened_at").min().alias("at"),
        missed.any().alias("exposed"),
        (missed | ~pl.col("open")).any().alias("judged"),
    )
    return shaped(errors, moments.filter(pl.col("judged")))


def _reviews(scene: Scene) -> Found:
    limit = pl.duration(minutes=scene.company.no_reply_after_minutes)
    wanted = (pl.col("_stars") <= NEGATIVE_STARS) & (pl.col("_text").str.strip_chars().str.len_chars() > 0)
    reviews = of_kind(scene.facts, "left_review").filter(wanted).with_columns(pl.col("_order").fill_null("").alias("about"))
    answers = of_kind(scene.facts, "review_answered").select(
        KEY,
        pl.col("_order").fill_null("").alias("about"),
        pl.col("ts").alias("answered_at"),
        pl.col("activity_id").alias("stop_id"),
        "_staff",
    )
    joined = reviews.sort("ts").join_asof(
        answers.sort("answered_at"), left_on="ts", right_on="answered_at", by=[KEY, "about"], strategy="forward", check_sortedness=False
    )
    waited = pl.coalesce("answered_at", pl.lit(scene.as_of)) - pl.col("ts")
    late = waited > limit
    missed = late & (pl.col("answered_at").is_not_null() | (pl.col("ts") + limit < _seen_until(scene, "left_review", "review_answered")))
    named = joined.select(
        *(KEY, "customer", "anonymous_customer_id"),
        pl.col("ts").alias("opened_at"),
        pl.col("activity_id").alias("open_id"),
        pl.col("_order").alias("order"),
        pl.col("_channel").alias("channel"),
        pl.col("_staff_right").alias("staff"),
        pl.concat_list("activity_id", "stop_id").list.drop_nulls().alias("evidence"),
        (pl.col("ts") + limit).alias("at"),
        (waited.dt.total_microseconds() / 60_000_000).alias("waited_minutes"),
        missed.alias("exposed"),
        (missed | pl.col("answered_at").is_not_null()).alias("judged"),
    )
    errors = _described(named.filter(pl.col("exposed")), scene, Wording("Отрицательный отзыв {}", "Negative review of {}"))
    moments = named.filter(pl.col("judged")).with_columns(pl.col("opened_at").alias("at"))
    return shaped(errors, moments)


def find_comments(scene: Scene) -> Found:
    """Return comments in surveys that displease or ask and that nobody took up within the limit; every such comment is a moment.

    Whether a comment displeases is told by the points beside it where they say so, else by its words (`_displeases`). It is taken up by a
    reply of a person or a contact of ours with that customer, on whatever matter.
    """
    limit = pl.duration(minutes=scene.company.no_reply_after_minutes)
    comments = scene.said.filter(pl.col("activity") == "answered_survey")
    if comments.is_empty():
        return nothing_found()
    points = of_kind(scene.facts, "answered_survey").select("activity_id", "_survey", "_score").unique("activity_id")
    wants = _displeases() | (pl.col("questions") > 0) | pl.col("cries_for_help")
    comments = comments.join(points, on="activity_id", how="left").filter(wants).sort("at", "activity_id")
    by_person = pl.col("_author").is_null() | (pl.col("_author") == "person")
    answers = of_kind(scene.facts, *_TAKES_UP).filter((pl.col("activity") != "received_reply") | by_person)
    taken_up = answers.select(KEY, pl.col("ts").alias("answered_at"), pl.col("activity_id").alias("stop_id")).sort("answered_at", "stop_id")
    joined = comments.join_asof(taken_up, left_on="at", right_on="answered_at", by=KEY, strategy="forward", check_sortedness=False)
    answered = (pl.col("answered_at") - pl.col("at") <= limit).fill_null(False)
    over = pl.col("at") + limit < _seen_until(scene, *_TAKES_UP)
    waited = pl.coalesce("answered_at", pl.lit(scene.as_of)) - pl.col("at")
    named = joined.filter(answered | over).with_columns(
        (~answered).alias("exposed"),
        pl.col("at").alias("opened_at"),
        pl.col("activity_id").alias("open_id"),
        pl.concat_list("activity_id", "stop_id").list.drop_nulls().alias("evidence"),
        (waited.dt.total_microseconds() / 60_000_000).alias("waited_minutes"),
    )
    late = named.filter("exposed").with_columns((pl.col("at") + limit).alias("at"))
    return shaped(_described(late, scene, Wording("Комментарий к опросу {}", "Comment in a survey of {}")), named)


_TAKES_UP = ("received_reply", "was_contacted")
DETRACTOR, PROMOTER, UNHAPPY = 6, 9, 2
"""Answers of 0–6 to "would you recommend us" come from detractors, of 9–10 from promoters (Reichheld 2003); 1–2 points of satisfaction are
low on any scale, while what is high depends on the scale, which no file tells."""
_SAYS_NOTHING = r"(?i)^\W*(?:нет|(?:нет|без) (?:комментари|замечани)\w*|no|none|n/?a|no comments?|ок|ok)?\W*$"


def displeased_marks() -> pl.Expr:
    """Return an expression: the mark in a survey is that of somebody displeased (Boolean, never null)."""
    low = pl.when(pl.col("_survey") == "nps").then(pl.col("_score") <= DETRACTOR).otherwise(pl.col("_score") <= UNHAPPY)
    return low.fill_null(False)


def _displeases() -> pl.Expr:
    """Return an expression: the comment displeases, by its `_score` where that decides and by the polarity of its words where not."""
    high = ((pl.col("_survey") == "nps") & (pl.col("_score") >= PROMOTER)).fill_null(False)
    by_words = (pl.col("polarity") == "negative").fill_null(False)
    return (displeased_marks() | (by_words & ~high)) & ~pl.col("text").str.contains(_SAYS_NOTHING)


def _described(errors: pl.DataFrame, scene: Scene, beginning: Wording) -> pl.DataFrame:
    """Add severity, delay and summary to unanswered questions or reviews."""
    hours = scene.company.no_reply_after_minutes // 60
    zone = scene.company.time_zone
    return errors.with_columns(
        pl.col("open_id").alias("anchor"),
        pl.lit(1.0).alias("severity"),
        pl.lit(0.95).alias("confidence"),
        (pl.col("waited_minutes") - scene.company.no_reply_after_minutes).alias("amount_of_delay"),
        pl.lit("minutes").alias("delay_unit"),
        pl.format(beginning.ru + f", за {hours} ч не ответил ни один человек", minute_text("opened_at", zone, "ru")).alias("summary_ru"),
        pl.format(beginning.en + f", no person answered within {hours} h", minute_text("opened_at", zone, "en")).alias("summary_en"),
    )


DETECTOR = Detector(
    code="no_reply",
    name="never_answered",
    rule=Wording(
        "ни один человек не ответил за предел «без ответа»; отзыв в 1–2 звезды с текстом остался без ответа дольше того же предела",
        "no person answered within the no-reply limit; a review of 1 or 2 stars with a text went unanswered for longer than that",
    ),
    needs=(("received_reply",), ("review_answered",)),
    needed=Wording(
        "переписка с ответами сотрудников или ответы на отзывы", "conversations with the staff's replies, or answers to reviews"
    ),
    find=find,
)
COMMENTS = Detector(
    code="no_reply",
    name="comment_never_taken_up",
    rule=Wording(
        "в опросе клиент написал недовольное (это видно по его оценке, а где она не решает — по словам) или задал вопрос, и за предел "
        "«без ответа» ему никто не ответил и с ним не связался",
        "a comment in a survey displeases (by its points or, where these do not decide, by its words) or asks, and within the no-reply "
        "limit no person replied to the customer or got in touch",
    ),
    needs=(("answered_survey", "received_reply"), ("answered_survey", "was_contacted")),
    needed=Wording("ответы на опросы с текстом и наши ответы клиентам", "answers to surveys with texts, and our replies to customers"),
    find=find_comments,
    reads="texts",
)
