"""What codes are called: the catalogues' names for the faces that show them."""

from __future__ import annotations

from dataclasses import dataclass

from lakmus.connectors.files.fields import FIELDS
from lakmus.connectors.files.file_kinds import FILE_KINDS
from lakmus.connectors.files.refusals import row_reason_title
from lakmus.engine.errors.catalogue import ERROR_CODES, OTHER_REASONS
from lakmus.engine.errors.clocks import CHANNEL_SYNONYMS
from lakmus.engine.errors.search import DETECTORS
from lakmus.engine.risk.features import SIGNS
from lakmus.engine.signals.catalogue import SIGNALS
from lakmus.history.wording import Wording

EXPERIENCE = Wording("Что было у нас", "What happened with us")
FEATURE = Wording("оставить как подробность", "keep as a detail")
BY_CODE = {signal.code: signal for signal in SIGNALS}
RULES = {detector.name: detector.rule for detector in DETECTORS}


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that a person can choose: its code and its name."""

    code: str
    title: Wording


def is_error(code: str) -> bool:
    """Say whether a code names an error of ours, as opposed to a sign of the customer's."""
    return code in ERROR_CODES


def title_of(code: str) -> Wording:
    """Return the name of a signal, of a kind of error or of another reason; a code that no catalogue knows stands as it is."""
    if code in BY_CODE:
        return BY_CODE[code].title
    if code in OTHER_REASONS:
        return OTHER_REASONS[code]
    return ERROR_CODES[code].title if code in ERROR_CODES else Wording(code, code)


def rule_of(detector: str) -> Wording | None:
    """Return the rule by which a detector finds an error."""
    return RULES.get(detector)


def title_of_contribution(code: str) -> Wording:
    """Return the name of what moves a customer's probability of leaving."""
    if code == "experience":
        return EXPERIENCE
    return SIGNS[code][0] if code in SIGNS else title_of(code)


def channel_code(written: str) -> str:
    """Return the name under which the company's terms know a channel: `messenger` for `Telegram`; an unknown one as it is written."""
    return CHANNEL_SYNONYMS.get(written.strip().lower(), written)


def kind_choices() -> tuple[Choice, ...]:
    """Return what a file can hold."""
    return tuple(Choice(kind.name, kind.title) for kind in FILE_KINDS.values())


def field_choices(kind: str | None) -> tuple[Choice, ...]:
    """Return what a column of a file of this kind can mean; every field where the kind is not known."""
    allowed = FILE_KINDS[kind].fields if kind in FILE_KINDS else FIELDS.keys()
    return (*(Choice(name, field.title) for name, field in FIELDS.items() if name in allowed), Choice("feature", FEATURE))


def title_of_kind(kind: str) -> Wording:
    """Return the name of a kind of file."""
    return FILE_KINDS[kind].title if kind in FILE_KINDS else Wording(kind, kind)


def title_of_refusal(code: str) -> Wording:
    """Return why rows were not taken."""
    return row_reason_title(code)
