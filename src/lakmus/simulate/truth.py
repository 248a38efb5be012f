"""`truth.json`: what no shop knows, streamed block by block.

The planted errors, which the detectors must find from the files alone (every word of it in `docs/explanation/simulator.md`); in brackets
the `finding`:

broken_promise      [delivery] delivered after the end of the promised day in Moscow, or not delivered, not cancelled and the day over.
                    `at` is the last second of that day. [promise_late, promise_broken] nobody kept what a reply promised: its deadline.
slow_reply          a clock stopped by a person later than the channel's target and within 72 h. `at` is the opening plus the target.
no_reply            [case] a clock no person stopped within 72 h, [review] a review of 1 or 2 stars with text unanswered within 72 h,
                    [survey] a comment that displeases, unattended within 72 h. `at` is the opening plus 72 h.
unresolved_problem  [reopened] a case reopened (`at` that moment), [repeated_case] a second case on the same topic or order within 30 days
                    after the first was closed (the second case, its opening), [closed_unanswered] closed without any reply by a person.
no_aftersales       no row of contacts.csv of that customer between a delivery and 14 × 24 h later, the window within the files.
                    `at` is the end of the window.
wrong_information   [sum, date] a first reply that states a wrong sum or day of its order.
indifference, rudeness [reply], formal_script, inflexibility, untrained_staff: a first reply in such words; `at` the reply.
rudeness            [said_by_customer] a case that complains of it. misunderstanding: the customer's message that says so.
inattention         [return_reason] a return for a slip of ours, [preference_violated] a wish not minded.
automatic_message_error  [placeholder, wrong_sum, wrong_date, wrong_number, wrong_name, duplicate, at_night] `at` the message.
no_personal_approach     [returned_product, refused_channel] an offer against what is known of the customer.
hidden_charge       charged above the order's sum, the difference not refunded within 24 h; `at` the charge.
hard_to_reach       [not_followed, second_attempt] a call that failed; `at` the call.
checkout_obstacle   [error_named, repeated_steps] a checkout that would not work; `at` the step.

A customer's message opens a clock unless one is open in the case or it is nothing but thanks. The opening of a case and its first
message are the same clock. Bots and the system stop no clock, nor does the closing of the case.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import numpy as np
import polars as pl

from lakmus.simulate.departures import NATURAL
from lakmus.simulate.desk import COMPLAINTS
from lakmus.simulate.draws import NEVER, Flags, Floats, Whole
from lakmus.simulate.files import shown, written
from lakmus.simulate.findings import FINDINGS, SHAPE
from lakmus.simulate.numbering import Numbering
from lakmus.simulate.planted import CODE
from lakmus.simulate.purchases import still_placed
from lakmus.simulate.scenario import ERROR_CODES, Scenario
from lakmus.simulate.season import Season
from lakmus.simulate.story import Story

WITHOUT_ORDER = ("hard_to_reach", "no_personal_approach", "checkout_obstacle")
"""Codes whose files name no order: their errors are told apart by customer and moment."""
CODES = pl.Series((*ERROR_CODES, "natural"))


class TruthFile:
    """`truth.json` while it is written; use as a context. Customers and texts wait in files of their own until all errors are down."""

    def __init__(self, path: Path, scenario: Scenario, season: Season, seed: int) -> None:
        self._path, self._waiting, self._texts = path, path.with_suffix(".customers.part"), path.with_suffix(".texts.part")
        self._head = {
            "scenario": scenario.name,
            "seed": seed,
            "start": f"{season.start}T00:00:00+03:00",
            "end": f"{season.end}T00:00:00+03:00",
        }
        self._season = season
        self._begun: set[str] = set()
        self._met, self._added, self._left = (
            np.zeros(len(ERROR_CODES), np.int64),
            np.zeros(len(ERROR_CODES)),
            np.zeros(len(ERROR_CODES), np.int64),
        )
        self.errors = np.zeros(len(ERROR_CODES), np.int64)
        self.lost = 0
        self.silent, self.complained = 0, 0

    def __enter__(self) -> TruthFile:
        self._file, self._part, self._told = self._path.open("w+b"), self._waiting.open("w+b"), self._texts.open("w+b")
        self._file.write(json.dumps(self._head, ensure_ascii=False)[:-1].encode() + b',\n"errors": [\n')
        return self

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        if kind is None:
            self._finish()
        self._file.close()
        for part, path in ((self._part, self._waiting), (self._told, self._texts)):
            part.close()
            path.unlink()

    def write(self, story: Story, numbers: Numbering, texts: pl.DataFrame) -> None:
        """Append the errors, the customers and the customers' texts of one block."""
        self._append(self._told, "texts", texts)
        self._append(self._file, "errors", _error_rows(story, numbers, self._season))
        customers = _customer_rows(story, numbers, self._season)
        self._append(self._part, "customers", customers)
        met = story.errors.only(story.told)
        kinds = len(ERROR_CODES)
        self._met += np.bincount(met.code, minlength=kinds)
        self._added += np.bincount(met.code, weights=met.added, minlength=kinds)
        self._left += np.bincount(met.code[met.left], minlength=kinds)
        self.errors += np.bincount(story.errors.code, minlength=kinds)
        self.lost += int(customers["lost"].sum())
        self.silent += int(customers["silent"].sum())
        self.complained += int(customers["complained"].sum())

    def _append(self, file: BinaryIO, name: str, rows: pl.DataFrame) -> None:
        if not rows.height:
            return
        text = io.BytesIO()
        rows.write_ndjson(text)
        file.write((b",\n" if name in self._begun else b"") + text.getvalue().rstrip(b"\n").replace(b"\n", b",\n"))
        self._begun.add(name)

    def _finish(self) -> None:
        for name, part in (("customers", self._part), ("texts", self._told)):
            self._file.write(b'\n],\n"' + name.encode() + b'": [\n')
            part.seek(0)
            while piece := part.read(1 << 20):
                self._file.write(piece)
        effects = {
            code: {
                "planted": self._mean(self._added, place),
                "realised_difference": self._mean(self._left, place),
                "exposed": int(self._met[place]),
            }
            for place, code in enumerate(ERROR_CODES)
        }
        self._file.write(b'\n],\n"effects": ' + json.dumps(effects).encode() + b"}\n")

    def _mean(self, total: Floats | Whole, place: int) -> float | None:
        return round(float(total[place] / self._met[place]), 6) if self._met[place] else None


def _error_rows(story: Story, numbers: Numbering, season: Season) -> pl.DataFrame:
    errors = story.errors
    of_case, of_review = errors.case >= 0, errors.review >= 0
    first, second = (_gathered(column, errors.case) for column in (numbers.case, numbers.again))
    case = pl.select(pl.when(pl.Series(errors.second_case)).then(second).otherwise(first)).to_series()
    named, linked = np.ones(errors.count, np.bool_), np.ones(errors.count, np.bool_)
    named[of_case] = story.cases.names_order[errors.case[of_case]]
    named[np.isin(errors.code, [CODE[name] for name in WITHOUT_ORDER])] = False
    named[errors.finding == SHAPE["survey"]] = False
    named[of_review] = linked[of_review] = story.reviews.names_order[errors.review[of_review]]
    rows = pl.DataFrame(
        {
            "code": CODES.gather(errors.code),
            "customer": numbers.customer.gather(errors.owner),
            "order": shown(numbers.order.gather(errors.order), named),
            "case": case,
            "review": _gathered(numbers.review, errors.review),
            "at": written(errors.at * 60 - (errors.finding == SHAPE["delivery"]), season),
            "linked": linked,
            "finding": _gathered(pl.Series(FINDINGS), errors.finding),
            "by": errors.at,
            "owner": errors.owner,
        }
    )
    return rows.sort("owner", "by", "code", maintain_order=True).drop("by", "owner")


def _customer_rows(story: Story, numbers: Numbering, season: Season) -> pl.DataFrame:
    people, departure, natural = story.people, story.departure, story.natural
    lost, complained = departure.stop < season.minutes, _complained(story)
    begun = departure.felt_at < season.minutes
    suffered = np.zeros((people.count, len(ERROR_CODES)), np.int64)
    np.add.at(suffered, (story.errors.owner, story.errors.code), 1)
    cause = np.where(departure.cause == NATURAL, len(ERROR_CODES), departure.cause)
    orders, revenue = _orders_without_errors(story)
    rows = pl.DataFrame(
        {
            "customer": numbers.customer,
            "rhythm_days": np.round(people.rhythm_days, 2),
            "value": np.round(people.worth, 4),
            "lost": lost,
            "lost_at": shown(written(departure.stop * 60, season), lost),
            "shape": shown(pl.Series(("abrupt", "gradual")).gather(departure.gradual.astype(np.int64)), lost),
            "cooling_since": shown(written(departure.felt_at * 60, season), begun & departure.gradual),
            "silent": (suffered.sum(axis=1) > 0) & ~complained,
            "complained": complained,
            "cause": shown(CODES.gather(cause), begun),
            "lost_without_errors": natural.stop < season.minutes,
            "orders_without_errors": orders,
            "revenue_without_errors": revenue / 100,
            **{code: suffered[:, place] for place, code in enumerate(ERROR_CODES)},
        }
    )
    world, counts = ["lost_without_errors", "orders_without_errors", "revenue_without_errors"], list(ERROR_CODES)
    return rows.with_columns(pl.struct(world).alias("counterfactual"), pl.struct(counts).alias("errors")).drop(*world, *counts)


def _orders_without_errors(story: Story) -> tuple[Whole, Whole]:
    """Count orders and kopecks of the world without harm, per customer; cancelled orders bring none."""
    owner, count = story.orders.owner, story.people.count
    kept = still_placed(story.orders, story.people, onset=story.natural.onset, stop=story.natural.stop)
    paid = np.where(kept & ~story.orders.cancelled, story.orders.amount, 0)
    return np.bincount(owner[kept], minlength=count), np.bincount(owner, weights=paid, minlength=count).astype(np.int64)


def _complained(story: Story) -> Flags:
    """Say who complained at or after the first error they suffered."""
    people, cases, reviews = story.people, story.cases, story.reviews
    first = np.full(people.count, NEVER)
    np.minimum.at(first, story.errors.owner, story.errors.at)
    case_owner, review_owner = story.orders.owner[cases.order], story.orders.owner[reviews.order]
    about = cases.topic < len(COMPLAINTS)
    spoken = np.zeros(people.count, np.bool_)
    for owner, at, counts in (
        (case_owner, cases.opened, about),
        (case_owner, cases.again, about),
        (case_owner, cases.reopened, cases.reopened < NEVER),
        (review_owner, reviews.at, reviews.stars <= 2),
    ):
        spoken[owner[counts & (at < NEVER) & (at >= first[owner])]] = True
    return spoken


def _gathered(column: pl.Series, index: Whole) -> pl.Series:
    """Gather a column by indices of which those below zero give null."""
    held = pl.concat([column, pl.Series([None], dtype=pl.String)])
    return held.gather(np.where(index < 0, len(column), index))
