"""Turning the answers of use cases into JSON, and leaving out what this caller may not see."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any

from lakmus.history.estimate import Estimate, NotEnoughEvidence
from lakmus.history.wording import Wording

# What a customer is worth, as against what an order cost: shown only with the right to see money on customers.
# The conditions of `lists` say it in words.
MONEY = frozenset({"revenue", "value_at_risk", "lost_value", "money_at_stake", "money", "lists"})


def plain(thing: Any, language: str) -> Any:
    """Return a value as JSON can say it: texts in one language, moments in ISO 8601, unknown numbers as null."""
    if isinstance(thing, NotEnoughEvidence):
        return thing.as_json(language)
    if isinstance(thing, Estimate):
        return plain(thing.as_json(), language)
    if isinstance(thing, Wording):
        return thing.in_language(language)
    if hasattr(thing, "as_json"):
        return plain(thing.as_json(language), language)
    if isinstance(thing, Enum):
        return thing.value
    if isinstance(thing, datetime | date):
        return thing.isoformat()
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        # An entry of a catalogue carries the function that computes it; programs get its words.
        told = {field.name: getattr(thing, field.name) for field in dataclasses.fields(thing)}
        return {name: plain(part, language) for name, part in told.items() if not callable(part)}
    if isinstance(thing, Mapping):
        return {str(name): plain(part, language) for name, part in thing.items()}
    if isinstance(thing, list | tuple | set | frozenset):
        return [plain(part, language) for part in thing]
    return None if isinstance(thing, float) and not math.isfinite(thing) else thing


def without_money(shown: Any) -> Any:
    """Return the same without anything named in MONEY, however deep it stands."""
    if isinstance(shown, dict):
        return {name: without_money(part) for name, part in shown.items() if name not in MONEY}
    return [without_money(part) for part in shown] if isinstance(shown, list) else shown
