"""What the risk model reads of a customer at a moment: pure functions of what was known then, vectorised over a bucket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from lakmus.engine.arrays import DAY_US, Floats, Ints
from lakmus.history.wording import Wording

RECENT_DAYS = 90
USUAL_GAPS = 2.0
"""A customer's mean gap weighs as much as the company's once they have this many gaps."""
LONGEST_DAYS = 1500.0


@dataclass(frozen=True)
class Happenings:
    """One sort of thing that happened: `owner` (m) index of the customer, `at_us` (m) when, `known_us` (m) since when known.

    `gone_us` (m): from when it counts no more (a case that was solved then); None: all stay.
    """

    owner: Ints
    at_us: Ints
    known_us: Ints
    gone_us: Ints | None = None

    def ages(self, moment_us: int) -> tuple[Ints, Floats]:
        """Return (owner, days before the moment) of what had happened and was known by then."""
        seen = (self.at_us <= moment_us) & (self.known_us <= moment_us)
        if self.gone_us is not None:
            seen &= self.gone_us > moment_us
        return self.owner[seen], (moment_us - self.at_us[seen]) / DAY_US


@dataclass(frozen=True)
class Lives:
    """Everything the model reads of n customers.

    `purchases`: their purchases, sorted by owner and time; `amount` (m): paid on that purchase, NaN unknown. `others`: other happenings by
    the code of `SORTS`; sorts that the company does not send are absent.
    """

    count: int
    purchases: Happenings
    amount: Floats
    others: Mapping[str, Happenings] = field(default_factory=dict)


@dataclass(frozen=True)
class Usual:
    """A usual gap of the company, towards which a customer's own is drawn, and a usual amount of a purchase."""

    gap_days: float
    amount: float


SORTS: Mapping[str, Wording] = {
    "visits": Wording("Визиты", "Visits"),
    "messages_opened": Wording("Открытые письма", "Messages opened"),
    "returns": Wording("Возвраты и отмены", "Returns and cancellations"),
    "late_deliveries": Wording("Опоздавшие доставки", "Late deliveries"),
    "complaints_answered": Wording("Обращения, по которым помогли", "Cases that were solved"),
    "complaints_open": Wording("Обращения без решения", "Cases left unsolved"),
    "bad_reviews": Wording("Плохие отзывы и оценки", "Bad reviews and ratings"),
    "good_reviews": Wording("Хорошие отзывы и оценки", "Good reviews and ratings"),
    "loyalty": Wording("Программа лояльности", "Loyalty programme"),
    "contacts": Wording("Наши звонки и письма клиенту", "Our own contacts"),
}

PURCHASE_FEATURES: Mapping[str, Wording] = {
    "silence": Wording("Сколько дней не покупал", "Days without a purchase"),
    "silence_in_gaps": Wording("Перерыв против обычного для клиента", "Silence against the customer's own gaps"),
    "purchases": Wording("Сколько раз покупал", "Number of purchases"),
    "age": Wording("Как давно клиент с нами", "How long a customer"),
    "rate": Wording("Как часто покупает", "How often they buy"),
    "purchases_30": Wording("Покупки за 30 дней", "Purchases in 30 days"),
    "purchases_90": Wording("Покупки за 90 дней", "Purchases in 90 days"),
    "purchases_180": Wording("Покупки за 180 дней", "Purchases in 180 days"),
    "purchases_365": Wording("Покупки за год", "Purchases in a year"),
    "purchases_change": Wording("Чаще или реже, чем прежде", "More or less often than before"),
    "last_gap": Wording("Последний перерыв против обычного", "The last gap against the usual"),
    "regularity": Wording("Ровность ритма", "Evenness of the rhythm"),
    "same_season": Wording("Покупал ли в это же время год назад", "Bought at this time a year ago"),
    "mean_amount": Wording("Средний чек", "Mean order amount"),
    "amount_change": Wording("Последний чек против обычного", "The last amount against the usual"),
}


SIGNS: Mapping[str, tuple[Wording, tuple[str, ...]]] = {
    "purchase_gap": (Wording("Сколько не покупал", "How long without a purchase"), ("silence", "silence_in_gaps", "last_gap")),
    "purchase_rhythm": (
        Wording("Ритм и стаж покупок", "Rhythm and length of buying"),
        ("purchases", "age", "rate", "regularity", "purchase_process"),
    ),
    "purchase_frequency": (
        Wording("Как часто покупал в последнее время", "How often lately"),
        ("purchases_30", "purchases_90", "purchases_180", "purchases_365", "purchases_change"),
    ),
    "same_season": (PURCHASE_FEATURES["same_season"], ("same_season",)),
    "order_amount": (Wording("Суммы покупок", "Amounts of purchases"), ("mean_amount", "amount_change")),
    **{sort: (title, (f"{sort}_90", f"{sort}_change", f"{sort}_ago")) for sort, title in SORTS.items()},
    "time_since_first": (Wording("Сколько прошло с первой покупки", "Time since the first purchase"), ()),
    "first_amount": (Wording("Сумма первой покупки", "Amount of the first purchase"), ()),
    "contract_age": (Wording("Сколько действует договор", "How long the contract has run"), ()),
    "contract_payments": (Wording("Оплаты по договору", "Payments of the contract"), ()),
    "recent_trouble": (Wording("Неприятности за 90 дней", "Troubles in 90 days"), ()),
    "signs_of_life": (Wording("Визиты и ответы за 30 дней", "Visits and answers in 30 days"), ()),
}
"""What a person is shown as one contribution: its title, and the features (and the purchase process) that are summed for it; none where it
is said of those whom features do not describe (`survival`)."""


def feature_titles(lives_sorts: Mapping[str, object]) -> dict[str, Wording]:
    """Return code and title of each feature, in the order of the columns, for a company with these sorts of happenings."""
    titles = dict(PURCHASE_FEATURES)
    for sort in SORTS:
        if sort in lives_sorts:
            titles |= {f"{sort}_90": SORTS[sort], f"{sort}_change": SORTS[sort], f"{sort}_ago": SORTS[sort]}
    return titles


def features_at(lives: Lives, *, moment_us: int, horizon_days: float, company: Usual) -> Floats:
    """Return the features of every customer at a moment; shape (n, number of `feature_titles`), no NaN.

    Counts, times and amounts enter as logarithms, changes as logarithms of ratios with a half added to counts. Customers without a purchase
    by then have rows, too, that mean nothing.

    Parameters
    ----------
    company : what is usual in the company, the same for every bucket and moment.
    """
    columns = _purchase_columns(lives, moment_us=moment_us, horizon_days=horizon_days, company=company)
    for sort in SORTS:
        if sort in lives.others:
            columns += _sort_columns(lives.others[sort], lives.count, moment_us)
    return np.stack(columns, axis=1) if lives.count else np.zeros((0, len(columns)))


def _counts(owner: Ints, age: Floats, n: int, newest: float, oldest: float) -> Floats:
    return np.bincount(owner[(age >= newest) & (age < oldest)], minlength=n).astype(np.float64)


def _ratio(now: Floats, before: Floats) -> Floats:
    return np.log((now + 0.5) / (before + 0.5))


def _purchase_columns(lives: Lives, *, moment_us: int, horizon_days: float, company: Usual) -> list[Floats]:
    n = lives.count
    seen = (lives.purchases.at_us <= moment_us) & (lives.purchases.known_us <= moment_us)
    owner, age, paid = lives.purchases.owner[seen], (moment_us - lives.purchases.at_us[seen]) / DAY_US, lives.amount[seen]
    count = np.bincount(owner, minlength=n).astype(np.float64)
    silence, whole = np.full(n, LONGEST_DAYS), np.zeros(n)
    np.minimum.at(silence, owner, age)
    np.maximum.at(whole, owner, age)
    same = owner[1:] == owner[:-1]
    gaps, gap_owner = np.maximum((age[:-1] - age[1:])[same], 0.5), owner[1:][same]
    gap_count = np.bincount(gap_owner, minlength=n).astype(np.float64)
    logs = np.bincount(gap_owner, weights=np.log(gaps), minlength=n)
    squares = np.bincount(gap_owner, weights=np.log(gaps) ** 2, minlength=n)
    usual = (logs + USUAL_GAPS * np.log(max(company.gap_days, 1.0))) / (gap_count + USUAL_GAPS)
    spread = np.sqrt(np.maximum(squares / np.maximum(gap_count, 1) - (logs / np.maximum(gap_count, 1)) ** 2, 0.0))
    last_gap = usual.copy()
    last_gap[gap_owner] = np.log(gaps)  # of equal owners the last one stays
    recent, before = _counts(owner, age, n, 0, RECENT_DAYS), _counts(owner, age, n, RECENT_DAYS, 2 * RECENT_DAYS)
    season = _counts(owner, age, n, 365.0 - horizon_days, 365.0)
    return [
        np.log1p(silence),
        np.log1p(silence) - usual,
        np.log1p(count),
        np.log1p(whole),
        np.log((count + 0.5) / (whole + company.gap_days)),
        np.log1p(_counts(owner, age, n, 0, 30)),
        np.log1p(recent),
        np.log1p(_counts(owner, age, n, 0, 180)),
        np.log1p(_counts(owner, age, n, 0, 365)),
        _ratio(recent, before),
        last_gap - usual,
        np.where(gap_count >= 2, spread, 0.0),
        np.log1p(season),
        *_amount_columns(owner, paid / company.amount, n),
    ]


def _amount_columns(owner: Ints, paid: Floats, n: int) -> list[Floats]:
    """Return mean amount and last against mean; an unknown amount is as usual for everybody."""
    known = np.isfinite(paid) & (paid > 0)
    owner, paid = owner[known], paid[known]
    times = np.bincount(owner, minlength=n).astype(np.float64)
    mean = np.bincount(owner, weights=np.log(paid), minlength=n) / (times + 1.0)
    last = mean.copy()
    last[owner] = np.log(paid)
    return [mean, last - mean]


def _sort_columns(happenings: Happenings, n: int, moment_us: int) -> list[Floats]:
    """Return how often in 90 days, against the 90 before, and how long ago last (a logarithm)."""
    owner, age = happenings.ages(moment_us)
    recent, before = _counts(owner, age, n, 0, RECENT_DAYS), _counts(owner, age, n, RECENT_DAYS, 2 * RECENT_DAYS)
    ago = np.full(n, LONGEST_DAYS)
    np.minimum.at(ago, owner, age)
    return [np.log1p(recent), _ratio(recent, before), np.log1p(ago)]
