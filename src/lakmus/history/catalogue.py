"""What a customer's history can hold: the catalogue of activity kinds.

A kind is named `verb_noun` in the past tense, from the customer's side. It declares which typed columns it fills
(`features`), which of them make two records the same fact (`identity`), and whose word counts (`authority`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lakmus.history.wording import Wording


class Family(StrEnum):
    """The nine groups in which the product shows a history."""

    ORDERS = "orders"
    CONTRACTS = "contracts"
    CONVERSATIONS = "conversations"
    VOICE = "voice"
    OUTBOUND = "outbound"
    BEHAVIOUR = "behaviour"
    LOYALTY = "loyalty"
    CARE = "care"
    PROFILE = "profile"


class Authority(StrEnum):
    """Whose record decides when two sources tell the same fact."""

    SHOP = "shop"
    BILLING = "billing"
    HELP_DESK = "help_desk"
    TELEPHONY = "telephony"
    REVIEW_SITE = "review_site"
    SURVEY = "survey"
    MAILER = "mailer"
    SITE = "site"
    LOYALTY = "loyalty"
    CRM = "crm"


@dataclass(frozen=True, slots=True)
class Feature:
    """A typed column that a kind fills, with its unit ("" where it has none) and its meaning."""

    column: str
    unit: str
    meaning: Wording


@dataclass(frozen=True, slots=True)
class ActivityKind:
    """One entry of the catalogue.

    `revenue_sign` is +1 where `_amount` is money the company earns, -1 where it gives money back, 0 where the
    activity moves no revenue (a payment of an order that already counted, say).
    """

    name: str
    family: Family
    title: Wording
    authority: Authority
    features: tuple[Feature, ...]
    identity: tuple[str, ...]
    revenue_sign: int = 0

    @property
    def columns(self) -> tuple[str, ...]:
        """The typed columns that this kind fills."""
        return tuple(feature.column for feature in self.features)

    @property
    def own_numbers(self) -> tuple[str, ...]:
        """The numbers in the identity that, where a record has one, stand for its customer.

        Who sent a message of case 17 may become known later than the message; the fact must not become another one by that. So the
        identity's part `customer` reads as empty in a record that names its case or order.
        """
        return tuple(column for column in ("_case", "_order") if column in self.identity)
