"""What the company told us about itself: the terms on which its history is read."""

from __future__ import annotations

from dataclasses import dataclass, field

LEAST_PURCHASES = 2
READ_BY_PAGES = ("acquisition_cost", "discount_rate", "discount_is_assumed")
"""Terms that no verdict is computed from: pages read them, and a change has nothing computed anew."""
DEFAULT_REPLY_TARGETS = {"chat": 60, "messenger": 240, "social": 2880, "email": 1440, "phone": 1440, "": 1440}


@dataclass(frozen=True, slots=True)
class LossTerms:
    """What the company decided about "lost"; whatever is left open is chosen by the data.

    Parameters
    ----------
    version : number of the company's own definition, from 1; 0 is the one that the data choose.
    basis : `` (silence, and the end of a contract where there are contracts, whichever comes first), `purchases` (silence alone) or
        `contract` (notice or end alone).
    horizon_days : silence after which a customer is lost; None takes it from the rhythm.
    least_purchases : on so many different days a customer must have bought to be counted, from 2.
    horizon_by : `` (one horizon for all), `place`, or `channel` (of the first order). horizons : days by segment; the others have the
        horizon of the company.
    """

    version: int = 0
    basis: str = ""
    horizon_days: int | None = None
    least_purchases: int = LEAST_PURCHASES
    horizon_by: str = ""
    horizons: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Company:
    """The settings that every figure depends on.

    Parameters
    ----------
    currency : ISO 4217 code in which money is shown.
    time_zone : IANA name; days begin and end in it.
    margin_share : share of revenue that stays with the company, 0..1. `margin_is_assumed` says nobody confirmed it.
    reply_target_minutes : longest wait for a first reply, by channel; "" serves channels without an entry.
    no_reply_after_minutes : a message still unanswered after this long counts as never answered so far.
    repeat_contact_days : a second case on the same matter within this many days is the same unresolved problem.
    aftersales_days : days after delivery within which a useful contact is expected.
    acquisition_cost : what winning one new customer costs, in `currency`; None: nobody said.
    discount_rate : by so much a year money to come is worth less than money now, 0..1. `discount_is_assumed` says nobody confirmed it.
    loss : what the company decided about "lost".
    """

    name: str = "Лакмус"
    currency: str = "RUB"
    time_zone: str = "Europe/Moscow"
    margin_share: float = 0.3
    margin_is_assumed: bool = True
    reply_target_minutes: dict[str, int] = field(default_factory=lambda: dict(DEFAULT_REPLY_TARGETS))
    no_reply_after_minutes: int = 72 * 60
    repeat_contact_days: int = 30
    aftersales_days: int = 14
    acquisition_cost: float | None = None
    discount_rate: float = 0.15
    discount_is_assumed: bool = True
    loss: LossTerms = field(default_factory=LossTerms)
