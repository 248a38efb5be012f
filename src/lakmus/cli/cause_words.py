"""What codes on the pages of causes are called at a terminal."""

from __future__ import annotations

from datetime import date
from typing import Any

from lakmus.cli.stage_text import STATES
from lakmus.history.wording import Wording
from lakmus.usecases.writing import month

STATUSES = {
    "hypothesis": Wording("гипотеза", "hypothesis"),
    "confirmed": Wording("подтверждена", "confirmed"),
    "rejected": Wording("отклонена", "rejected"),
}
CHANNELS = {
    "chat": Wording("чат", "chat"),
    "messenger": Wording("мессенджер", "messenger"),
    "social": Wording("соцсети", "social networks"),
    "email": Wording("почта", "e-mail"),
    "phone": Wording("телефон", "phone"),
}
SORTS = {
    "regular": Wording("постоянные", "regulars"),
    "new": Wording("новые", "new ones"),
    "one_time": Wording("купившие один раз", "bought once"),
    "contract": Wording("по договору", "by contract"),
}
WORTHS = {
    "least": Wording("тратят меньше всех (треть)", "spend least (a third)"),
    "middle": Wording("тратят средне (треть)", "spend the middle (a third)"),
    "most": Wording("тратят больше всех (треть)", "spend most (a third)"),
}
NAMED: dict[str, dict[Any, Wording]] = {"channel": CHANNELS, "state": STATES, "sort": SORTS, "worth": WORTHS}
UNSAID = Wording("в файлах не сказано", "not said in the files")


def side_word(dimension: str, key: str | None, language: str) -> str:
    """Return what one part of a dimension is called; what a company names itself stands as it is written."""
    if key is None:
        return UNSAID.in_language(language)
    if dimension == "month":
        return month(date.fromisoformat(f"{key}-01"), language, with_year=True)
    return word(NAMED.get(dimension, {}), key, language)


def word(words: dict[Any, Wording], code: str, language: str) -> str:
    """Return what a code is called, or the code where it has no name."""
    return words[code].in_language(language) if code in words else code
