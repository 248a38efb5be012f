"""What the company told us about itself: the terms on which its history is read."""

from __future__ import annotations

from dataclasses import dataclass, field

DEFAULT_REPLY_TARGETS = {"chat": 60, "messenger": 240, "social": 2880, "email": 1440, "phone": 1440, "": 1440}


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
