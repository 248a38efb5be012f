"""The signals: what is read, in which unit and window, how, and when it warns. Screen, API and reference page come from `SIGNALS`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl
from scipy import special

from lakmus.engine.signals.rhythm import DAY_US, Flags, Floats, PersonalRhythm
from lakmus.engine.signals.windows import Reading, Rows, Windows, counted
from lakmus.engine.text.voice import NEGATIVE_STARS
from lakmus.history.wording import Wording

NOISE = 0.05
VISIT_KINDS = ("visited_site", "visited_store", "logged_in", "used_service")
CONTACT_KINDS = ("received_reply", "was_contacted", "called")
FROZEN_DAYS = 180.0


@dataclass(frozen=True)
class Sight:
    """What a signal may look at: one bucket's windows, orders with `owner` and `age_days`, purchases, complaints, and each one's rhythm.

    `rhythm` is None while the company's rhythm is unknown.
    """

    windows: Windows
    orders: pl.DataFrame
    purchases: Rows
    complaints: Rows
    rhythm: PersonalRhythm | None
    as_of: datetime

    def order_rows(self, worth: pl.Expr, where: pl.Expr) -> Rows:
        """Return the bucket's orders that meet a condition, each with its worth."""
        rows = self.orders.filter(where).select("owner", "age_days", worth.cast(pl.Float64).alias("worth"))
        return Rows(rows["owner"].to_numpy(), rows["age_days"].to_numpy(), rows["worth"].to_numpy())


@dataclass(frozen=True)
class Signal:
    """One entry. `falling`: a fall is the bad direction. `read` returns arrays of shape (n,), NaN where nothing can be said."""

    code: str
    title: Wording
    unit: Wording
    window_days: int | None
    definition: Wording
    source: str
    falling: bool
    read: Callable[[Sight], Reading]


def fell_beyond_noise(now: Floats, usual: Floats) -> Flags:
    """Return whether P(X <= now) < NOISE for X ~ Poisson(usual); False where the usual is unknown (NaN). `now` holds whole counts.

    The smallest such mean is half the (1 - NOISE) quantile of chi-square with 2 (now + 1) degrees of freedom (Garwood, 1936), read from
    a table.
    """
    most = int(now.max(initial=0.0))
    limits = special.chdtri(2.0 * (np.arange(most + 1) + 1), NOISE) / 2
    with np.errstate(invalid="ignore"):
        return np.asarray(usual > limits[now.astype(np.int64)])


def _count(sight: Sight, rows: Rows) -> Reading:
    now, previous, usual = counted(sight.windows, rows)
    return Reading(now, previous, usual, fell_beyond_noise(now, usual))


def _gap(sight: Sight) -> Reading:
    n = sight.windows.count
    if sight.rhythm is None:
        nothing = np.full(n, np.nan)
        return Reading(nothing, nothing, nothing, np.zeros(n, bool))
    rhythm = sight.rhythm
    now_us = round(sight.as_of.timestamp() * 1_000_000)
    silent = np.where(rhythm.purchases_count > 0, (now_us - rhythm.last_us) / DAY_US, np.nan)
    regular = rhythm.purchases_count >= 2
    return Reading(silent, rhythm.median_days, rhythm.p90_days, regular & (silent > rhythm.p90_days))


def _frequency(sight: Sight) -> Reading:
    return _count(sight, sight.purchases)


def _amount(sight: Sight) -> Reading:
    priced = pl.col("amount").is_not_null() & ~pl.col("cancelled")
    sums = counted(sight.windows, sight.order_rows(pl.col("amount"), priced))
    counts = counted(sight.windows, sight.order_rows(pl.lit(1.0), priced))
    now, previous, usual = (_share(part, whole) for part, whole in zip(sums, counts, strict=True))
    enough = (counts[0] >= 2) & (counts[2] * 365 / 90 >= 3)
    return Reading(now, previous, usual, enough & (now < 0.7 * usual))


def _share(part: Floats, whole: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole > 0, part / whole, np.nan)


def _order_share(where: pl.Expr) -> Callable[[Sight], Reading]:
    def read(sight: Sight) -> Reading:
        bad = counted(sight.windows, sight.order_rows(pl.lit(1.0), where))
        every = counted(sight.windows, sight.order_rows(pl.lit(1.0), pl.lit(True)))
        now, previous, usual = (_share(part, whole) for part, whole in zip(bad, every, strict=True))
        return Reading(now, previous, usual, (bad[0] >= 2) & (now > np.maximum(0.3, 2 * np.nan_to_num(usual))))

    return read


def _visits(sight: Sight) -> Reading:
    return _count(sight, sight.windows.select(VISIT_KINDS))


def _rising(rows: Callable[[Sight], Rows]) -> Callable[[Sight], Reading]:
    def read(sight: Sight) -> Reading:
        now, previous, usual = counted(sight.windows, rows(sight))
        return Reading(now, previous, usual, now >= 1)

    return read


def _negative_reviews(sight: Sight) -> Rows:
    return sight.windows.select(("left_review",), where=pl.col("_stars") <= NEGATIVE_STARS)


def contacts(windows: Windows) -> Rows:
    """Return what counts as a two-way contact: a person's reply, our contact with the customer, a call."""
    return windows.select(CONTACT_KINDS, where=pl.col("_author").is_null() | (pl.col("_author") == "person"))


def _contact(sight: Sight) -> Reading:
    silent = sight.windows.latest(contacts(sight.windows))
    nothing = np.full(sight.windows.count, np.nan)
    return Reading(np.where(np.isinf(silent), np.nan, silent), nothing, nothing, np.isfinite(silent) & (silent > FROZEN_DAYS))


_DAYS, _SHARE, _TIMES = Wording("дней", "days"), Wording("доля", "share"), Wording("раз за 90 дней", "times in 90 days")
_BILL = Wording("денег за заказ", "money per order")

SIGNALS: tuple[Signal, ...] = (
    Signal("purchase_gap", Wording("дольше обычного без покупки", "longer than usual without a purchase"), _DAYS, None,
           Wording("дней с последнего заказа против личного 90-го процентиля перерывов, стянутого к компании, когда перерывов мало",
                   "days since the last order against the personal 90th percentile of gaps, shrunk towards the company's when gaps "
                   "are few"),
           "Buhlmann (1967); see signals.rhythm", False, _gap),
    Signal("purchase_frequency", Wording("покупает реже", "buys less often"), _TIMES, 90,
           Wording("покупок за 90 дней против своего обычного за год до того; тревога, если такое падение случайно реже чем в 5 %",
                   "purchases in 90 days against the own usual of the year before; warns when chance gives such a fall in under 5 %"),
           "Poisson tail", True, _frequency),
    Signal("mean_order_amount", Wording("средний чек упал", "mean order value fell"), _BILL, 90,
           Wording("средняя сумма заказа за 90 дней против своей обычной; тревога ниже 70 %, от двух заказов",
                   "mean amount of an order in 90 days against the own usual; warns under 70 %, from two orders on"),
           "own past", True, _amount),
    Signal("cancellations_share", Wording("чаще отменяет", "cancels more often"), _SHARE, 90,
           Wording("доля отменённых среди заказов за 90 дней; тревога от двух отмен, если больше 30 % и вдвое больше обычного",
                   "share of cancelled among orders of 90 days; warns from two cancellations on, above 30 % and twice the usual"),
           "own past", False, _order_share(pl.col("cancelled"))),
    Signal("returns_share", Wording("чаще возвращает", "returns more often"), _SHARE, 90,
           Wording("доля заказов с возвратом за 90 дней; тревога от двух, если больше 30 % и вдвое больше обычного",
                   "share of orders with a return in 90 days; warns from two on, above 30 % and twice the usual"),
           "own past", False, _order_share(pl.col("returned_amount").is_not_null())),
    Signal("visits", Wording("реже заходит", "visits less often"), _TIMES, 90,
           Wording("визитов на сайт, в магазин и в кабинет за 90 дней против своих обычных",
                   "visits to site, shop and account in 90 days against the own usual"),
           "Poisson tail", True, _visits),
    Signal("complaints", Wording("жаловался", "complained"), _TIMES, 90,
           Wording("жалоб, повторных открытий и слов недовольства за 90 дней; знак и риска, и интереса к нам",
                   "complaints, reopenings and words of displeasure in 90 days; a sign of risk and of engagement alike"),
           "text.voice", False, _rising(lambda sight: sight.complaints)),
    Signal("negative_reviews", Wording("плохая оценка", "bad review"), _TIMES, 90,
           Wording("отзывов в 1–2 звезды за 90 дней", "reviews of 1 or 2 stars in 90 days"),
           "text.voice", False, _rising(_negative_reviews)),
    Signal("days_since_contact", Wording("давно не общались", "no contact for long"), _DAYS, None,
           Wording("дней с последнего двустороннего контакта: ответ человека, звонок, наше обращение; тревога после 180 дней",
                   "days since the last two-way contact: a person's reply, a call, our own contact; warns after 180 days"),
           "“frozen relationship”", False, _contact),
)  # fmt: skip
"""Every signal, in the order in which people read them; to add one, write its reading and its entry."""

BY_CODE = {signal.code: signal for signal in SIGNALS}
