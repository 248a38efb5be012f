"""Rows of cases and of the messages in them."""

from __future__ import annotations

import numpy as np
import polars as pl

from lakmus.simulate.cases import IN_TIME, SLOW, Cases
from lakmus.simulate.conduct import MISUNDERSTOOD
from lakmus.simulate.desk import CHANNELS, PHONE, TOPICS
from lakmus.simulate.draws import NEVER, Draws, Whole
from lakmus.simulate.files import CompanyFiles, moments, shown, table
from lakmus.simulate.numbering import Numbering, staff_names
from lakmus.simulate.replies import WOMAN_OF_STAFF, first_replies, replies_to_complaints
from lakmus.simulate.season import Season
from lakmus.simulate.spoken import asked, asked_more, registered, said, welcomed
from lakmus.simulate.story import Story
from lakmus.simulate.texts import case_words, conduct_words
from lakmus.simulate.texts.meanings import codes_of

CUSTOMER, PERSON, BOT, SYSTEM = range(4)
AUTHORS = ("клиент", "сотрудник", "бот", "система")
EMAIL = 2


def write_cases(files: CompanyFiles, story: Story, numbers: Numbering, season: Season, draws: Draws) -> None:
    """Write the block's conversations: first episodes, reopenings and repeated cases."""
    cases, order = story.cases, numbers.order.gather(story.cases.order)
    named = shown(order, cases.names_order)
    repeated = np.flatnonzero(cases.again < NEVER)
    owner = story.orders.owner[cases.order]
    customer, channel, topic = (
        numbers.customer.gather(owner),
        pl.Series(CHANNELS).gather(cases.channel),
        pl.Series(TOPICS).gather(cases.topic),
    )
    first = table(
        {
            "case": numbers.case,
            "at": moments(cases.opened, season),
            "customer": customer,
            "order": named,
            "channel": channel,
            "topic": topic,
            "staff": staff_names(np.where(cases.reply < season.minutes, cases.staff, -1)),
            "status": _status(cases, season),
            "closed": moments(cases.closed, season),
            "reopened": moments(cases.reopened, season),
        }
    )
    again_closed = cases.again_closed[repeated]
    second = table(
        {
            "case": numbers.again.gather(repeated),
            "at": moments(cases.again[repeated], season),
            "customer": customer.gather(repeated),
            "order": named.gather(repeated),
            "channel": channel.gather(repeated),
            "topic": topic.gather(repeated),
            "staff": staff_names(np.where(cases.again_reply[repeated] < season.minutes, cases.again_staff[repeated], -1)),
            "status": pl.Series(("решено", "в работе")).gather((again_closed >= season.minutes).astype(np.int64)),
            "closed": moments(again_closed, season),
            "reopened": moments(np.full(len(repeated), NEVER), season),
        }
    )
    files.write("cases", pl.concat([first, second]))
    _write_messages(files, story, numbers, season, draws)


def _status(cases: Cases, season: Season) -> pl.Series:
    reopened, closed = cases.reopened < season.minutes, cases.closed < season.minutes
    which = np.select([reopened, closed & (cases.answering > SLOW), closed, cases.reply < season.minutes], [0, 1, 2, 3], 4)
    return pl.Series(("открыто повторно", "закрыто", "решено", "в работе", "новое")).gather(which)


def _write_messages(files: CompanyFiles, story: Story, numbers: Numbering, season: Season, draws: Draws) -> None:
    cases, rng = story.cases, draws.of("words")
    owner, conduct = story.orders.owner[cases.order], story.conduct
    misunderstood, by_woman = conduct.manner == MISUNDERSTOOD, WOMAN_OF_STAFF[np.maximum(cases.staff, 0)]
    first, meant = _first_words(story, rng, numbers, owner)
    parts = [
        _part(cases, numbers.case, cases.opened, CUSTOMER, first, meant=meant),
        *_automatic(cases, numbers, rng, season),
        _part(cases, numbers.case, cases.reminder, CUSTOMER, said(rng, (case_words.REMINDER,), woman=story.people.woman[owner])),
        _first_reply(story, numbers, rng, season),
        _part(cases, numbers.case, conduct.follow_up, PERSON, said(rng, conduct_words.FOLLOW_UP, woman=by_woman), cases.staff),
        _part(cases, numbers.case, cases.more, CUSTOMER, asked_more(rng, misunderstood, woman=story.people.woman[owner])),
        _part(
            cases,
            numbers.case,
            cases.more_reply,
            PERSON,
            said(rng, case_words.MORE_REPLY, woman=by_woman),
            cases.staff,
        ),
        _part(cases, numbers.case, cases.thanks, CUSTOMER, said(rng, (case_words.THANKS,), woman=story.people.woman[owner])),
        _part(cases, numbers.case, cases.reopened, CUSTOMER, said(rng, case_words.AGAIN, woman=story.people.woman[owner])),
        _reply_part(story, numbers, rng, numbers.case, cases.reopened_reply, cases.staff),
        _part(cases, numbers.again, cases.again, CUSTOMER, said(rng, case_words.AGAIN, woman=story.people.woman[owner])),
        _reply_part(story, numbers, rng, numbers.again, cases.again_reply, cases.again_staff),
    ]
    rows = pl.concat(parts).filter(pl.col("at") < season.minutes).sort("case", "at", maintain_order=True)
    told = rows.filter(pl.col("author") == CUSTOMER)
    files.tell("message", told["at"], told["codes"], season, customer=numbers.customer.gather(owner[told["row"]]), case=told["case"])
    files.write(
        "messages",
        rows.select(
            "case",
            moments(rows["at"].to_numpy(), season).alias("shown"),
            pl.Series("author", AUTHORS).gather(rows["author"]),
            staff_names(rows["staff"].to_numpy()).alias("staff"),
            pl.Series("channel", CHANNELS).gather(rows["channel"]),
            "text",
        ),
    )


def _part(
    cases: Cases, case: pl.Series, at: Whole, author: int, text: pl.Series, staff: Whole | None = None, meant: pl.Series | None = None
) -> pl.DataFrame:
    nobody = np.full(cases.count, -1)
    return table(
        {
            "row": np.arange(cases.count),
            "codes": codes_of(text) if meant is None else meant,
            "case": case,
            "at": at,
            "author": np.full(cases.count, author),
            "staff": nobody if staff is None else staff,
            "channel": cases.channel,
            "text": text,
        }
    )


def _first_words(story: Story, rng: np.random.Generator, numbers: Numbering, owner: Whole) -> tuple[pl.Series, pl.Series]:
    insulted, product = story.conduct.insulted, numbers.product[story.cases.order]
    return asked(rng, story.cases.topic, insulted=insulted, woman=story.people.woman[owner], product=product)


def _first_reply(story: Story, numbers: Numbering, rng: np.random.Generator, season: Season) -> pl.DataFrame:
    cases = story.cases
    called, slow = numbers.who.called.gather(story.orders.owner[cases.order]), cases.answering != IN_TIME
    text = first_replies(rng, cases, story.conduct, story.orders, story.deliveries, season, slow=slow, name=called)
    return _part(cases, numbers.case, cases.reply, PERSON, text, cases.staff)


def _reply_part(story: Story, numbers: Numbering, rng: np.random.Generator, case: pl.Series, at: Whole, staff: Whole) -> pl.DataFrame:
    """Return the replies to those who come back because their problem stands: they complain, whatever they asked at first."""
    cases = story.cases
    called = numbers.who.called.gather(story.orders.owner[cases.order])
    text = replies_to_complaints(rng, cases.topic, staff=np.maximum(staff, 0), name=called)
    return _part(cases, case, at, PERSON, text, staff)


def _automatic(cases: Cases, numbers: Numbering, rng: np.random.Generator, season: Season) -> list[pl.DataFrame]:
    """Bots greet in chat and messenger, the system confirms letters: within a minute or so, and it stops no clock."""
    drawn = rng.random(cases.count)
    bot = np.where((cases.channel < EMAIL) & (drawn < 0.7), cases.opened, NEVER)
    letter = np.where((cases.channel >= EMAIL) & (cases.channel != PHONE) & (drawn < 0.8), cases.opened + 1, NEVER)
    return [
        _part(cases, numbers.case, bot, BOT, welcomed(rng, cases.count)),
        _part(cases, numbers.case, letter, SYSTEM, registered(rng, numbers.case)),
    ]
