"""What is true in a simulated company: read from TOML, every field with a default from `scenarios/default.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

from lakmus.history.failures import BadInput
from lakmus.history.wording import Wording

ERROR_CODES = (
    "broken_promise",
    "slow_reply",
    "no_reply",
    "unresolved_problem",
    "no_aftersales",
    "wrong_information",
    "indifference",
    "rudeness",
    "formal_script",
    "misunderstanding",
    "inflexibility",
    "inattention",
    "automatic_message_error",
    "no_personal_approach",
    "hidden_charge",
    "hard_to_reach",
    "checkout_obstacle",
    "untrained_staff",
)
"""The planted errors, in the order used by every array of this package."""


@dataclass(frozen=True, slots=True)
class Shop:
    """Who buys, how often and for how much.

    Parameters
    ----------
    ends_on : first day after the files.
    rhythm_days, rhythm_shape : mean over customers of orders per day is 1 / rhythm_days; gamma shape of the rates.
    gap_shape : gamma shape of one customer's gaps; 1 is Poisson, more is more regular.
    order_amount, value_spread : median order in roubles; standard deviation of the logarithm of customers' values.
    known_at_start : share of the customers who were customers before the files begin.
    one_time_share : share of new customers who never come back, whatever happens.
    """

    ends_on: date
    rhythm_days: float
    rhythm_shape: float
    gap_shape: float
    order_amount: float
    value_spread: float
    known_at_start: float
    one_time_share: float
    cancelled_share: float
    returned_share: float
    defect_share: float
    season_strength: float
    promotions_per_year: int
    promotion_uplift: float
    loyalty_share: float


@dataclass(frozen=True, slots=True)
class Errors:
    """How often each thing goes wrong, before rhythm, city, month and chain change it.

    Parameters
    ----------
    late_share : of deliveries; `lost_parcel_share` of those never arrive.
    slow_share, no_reply_share, unresolved_share : of cases. `review_no_reply_share` : of bad reviews with text.
    no_aftersales_share : of deliveries that nobody follows up. `survey_no_reply_share` : of survey comments that ask or displease.
    promise_in_message_share : of promises with a deadline that staff give in a message.
    wrong_information_share : of replies that state a sum or a day. `indifference_share` : of first replies to complaints.
    rudeness_share, formal_script_share, misunderstanding_share, inflexibility_share, untrained_staff_share : of cases that are answered.
    inattention_share : of orders received. `preference_violated_share` : of deliveries after a preference was stated.
    automatic_message_error_share : of automatic messages. `no_personal_approach_share` : of offers.
    hidden_charge_share : of orders charged. `hard_to_reach_share` : of matters for which customers call.
    checkout_obstacle_share : of times that customers begin to check out.
    """

    late_share: float
    lost_parcel_share: float
    late_days_mean: float
    slow_share: float
    no_reply_share: float
    unresolved_share: float
    review_no_reply_share: float
    survey_no_reply_share: float
    no_aftersales_share: float
    promise_in_message_share: float
    wrong_information_share: float
    indifference_share: float
    rudeness_share: float
    formal_script_share: float
    misunderstanding_share: float
    inflexibility_share: float
    inattention_share: float
    preference_violated_share: float
    automatic_message_error_share: float
    no_personal_approach_share: float
    hidden_charge_share: float
    hard_to_reach_share: float
    checkout_obstacle_share: float
    untrained_staff_share: float


@dataclass(frozen=True, slots=True)
class Effects:
    """Probability of leaving that each error adds; `broken_promise` multiplies the tolerance curve.

    Parameters
    ----------
    promise_in_message : added by a promise that staff gave in a message and did not keep; it counts as `broken_promise`.
    tolerance_days, tolerance : the curve: added probability by days of lateness, straight lines between the points.
    gradual_share : share of those driven away who cool before they stop.
    """

    broken_promise: float
    slow_reply: float
    no_reply: float
    unresolved_problem: float
    no_aftersales: float
    promise_in_message: float
    wrong_information: float
    indifference: float
    rudeness: float
    formal_script: float
    misunderstanding: float
    inflexibility: float
    inattention: float
    automatic_message_error: float
    no_personal_approach: float
    hidden_charge: float
    hard_to_reach: float
    checkout_obstacle: float
    untrained_staff: float
    tolerance_days: tuple[float, ...]
    tolerance: tuple[float, ...]
    gradual_share: float


@dataclass(frozen=True, slots=True)
class Loss:
    """Leaving for no fault of the shop: chance per year at the median rhythm, share that cools before it stops."""

    yearly_hazard: float
    gradual_share: float


@dataclass(frozen=True, slots=True)
class Confounding:
    """Powers of (customer's rate of orders / median rate) that multiply errors and divide natural loss."""

    errors_by_rhythm: float
    loss_by_rhythm: float


@dataclass(frozen=True, slots=True)
class Selection:
    """How customers without a loyalty card differ: factors on the questions they ask the desk and on their natural loss.

    Natural loss is scaled so that its mean over customers stays; 1 and 1 make no difference. Whoever turns to the desk meets its errors,
    so those who leave anyway meet more of them.
    """

    cases_without_card: float
    loss_without_card: float


@dataclass(frozen=True, slots=True)
class Voice:
    """Who says what: the silent never complain of an error, whatever it is.

    Parameters
    ----------
    call_share : of orders about which a question is asked by telephone. `promising_share` : of replies that promise something by a day.
    offer_share : of orders after which an offer is sent. `preference_share` : of customers who tell a preference.
    """

    silent_share: float
    complaint_share: float
    bad_review_share: float
    question_share: float
    review_share: float
    reviews_linked_share: float
    survey_share: float
    call_share: float
    promising_share: float
    offer_share: float
    preference_share: float


@dataclass(frozen=True, slots=True)
class Chains:
    """How one error breeds the next: factors on the chance of a slow, missing or useless answer, of a call, of not getting through.

    Parameters
    ----------
    wrong_message_to_call_share, late_to_call_share : chance of a call because of a wrong automatic message or a late parcel.
    wrong_message_to_unreached : factor on the chance that such a call does not get through.
    """

    late_to_slow: float
    slow_to_unresolved: float
    wrong_message_to_call_share: float
    late_to_call_share: float
    wrong_message_to_unreached: float


@dataclass(frozen=True, slots=True)
class Scenario:
    """All that is true in one simulated company."""

    name: str
    shop: Shop
    errors: Errors
    effects: Effects
    loss: Loss
    confounding: Confounding
    selection: Selection
    voice: Voice
    chains: Chains


PARTS: dict[str, type[Any]] = {
    "shop": Shop,
    "errors": Errors,
    "effects": Effects,
    "loss": Loss,
    "confounding": Confounding,
    "selection": Selection,
    "voice": Voice,
    "chains": Chains,
}
POSITIVE = ("rhythm_days", "rhythm_shape", "gap_shape", "order_amount", "late_days_mean")


def scenario_names() -> list[str]:
    """Return the names of the scenarios that come with the package."""
    return sorted(entry.name.removesuffix(".toml") for entry in _folder().iterdir() if entry.name.endswith(".toml"))


def load_scenario(path: Path | str | None = None) -> Scenario:
    """Return the scenario of a TOML file, of a packaged name such as "quiet", or the default one.

    A file needs to name only what differs from the default.

    Raises
    ------
    BadInput : there is no such file or name, the file is not TOML, or a part, a field or a number in it is not known or not possible.
    """
    written = _read_packaged("default")
    name = "default"
    if path is not None:
        own, name = _read_named(path)
        name = str(own.pop("name", name))
        for part, entries in own.items():
            if part not in PARTS or not isinstance(entries, dict):
                raise _bad("scenario_part_unknown", part, f"одна из частей: {', '.join(PARTS)}", f"one of the parts {', '.join(PARTS)}")
            written[part] = {**written[part], **entries}
    scenario = Scenario(name=name, **{part: _read_part(part, kind, written[part]) for part, kind in PARTS.items()})
    _check_curve(scenario.effects)
    return scenario


def _folder() -> Any:
    return resources.files("lakmus.simulate") / "scenarios"


def _read_packaged(name: str) -> dict[str, Any]:
    written = tomllib.loads((_folder() / f"{name}.toml").read_text(encoding="utf-8"))
    written.pop("name", None)
    return written


def _read_named(path: Path | str) -> tuple[dict[str, Any], str]:
    file = Path(path)
    if not file.is_file() and str(path) in scenario_names():
        return _read_packaged(str(path)), str(path)
    try:
        return tomllib.loads(file.read_text(encoding="utf-8")), file.stem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise _bad("scenario_unreadable", str(path), f"файл TOML ({problem})", f"a TOML file ({problem})") from problem
    except OSError as problem:
        known = ", ".join(scenario_names())
        raise _bad("scenario_missing", str(path), f"файл или одно из имён: {known}", f"a file or one of the names {known}") from problem


def _read_part(part: str, kind: type[Any], entries: dict[str, Any]) -> Any:
    known = {field.name: field for field in fields(kind)}
    for name in entries:
        if name not in known:
            raise _bad(
                "scenario_field_unknown", f"{part}.{name}", f"одно из полей: {', '.join(known)}", f"one of the fields {', '.join(known)}"
            )
    return kind(**{name: _read_field(f"{part}.{name}", name, str(field.type), entries[name]) for name, field in known.items()})


def _read_field(place: str, name: str, kind: str, written: Any) -> Any:
    if kind == "date":
        if type(written) is not date:
            raise _bad("scenario_field_wrong", f"{place} = {written!r}", "дата, например 2026-03-01", "a date such as 2026-03-01")
        return written
    if kind.startswith("tuple"):
        if not (isinstance(written, list) and written and all(_is_number(item) and item >= 0 for item in written)):
            raise _bad("scenario_field_wrong", f"{place} = {written!r}", "список чисел не меньше нуля", "a list of numbers, zero or more")
        return tuple(float(item) for item in written)
    share = name.endswith("_share") or name == "known_at_start"
    limit = ("число не меньше нуля", "a number, zero or more")
    if share:
        limit = ("число от 0 до 1", "a number from 0 to 1")
    if name in POSITIVE:
        limit = ("число больше нуля", "a number above zero")
    if not _is_number(written) or not 0 <= written < float("inf") or (share and written > 1) or (name in POSITIVE and written == 0):
        raise _bad("scenario_field_wrong", f"{place} = {written!r}", *limit)
    return int(written) if kind == "int" else float(written)


def _check_curve(effects: Effects) -> None:
    days, added = effects.tolerance_days, effects.tolerance
    if len(days) != len(added) or list(days) != sorted(set(days)):
        place = f"effects.tolerance_days = {list(days)}, effects.tolerance = {list(added)}"
        raise _bad("scenario_curve_wrong", place, "два списка одной длины, дни по возрастанию", "two lists of one length, days rising")


def _is_number(written: Any) -> bool:
    return isinstance(written, int | float) and not isinstance(written, bool)


def _bad(code: str, place: str, expected_ru: str, expected_en: str) -> BadInput:
    wording = Wording(
        ru=f"В сценарии непонятно «{place}»: здесь ожидается {expected_ru}. Ничего не записано; исправьте и запустите ещё раз.",
        en=f"The scenario says “{place}” where {expected_en} is expected. Nothing was written; correct it and run again.",
    )
    return BadInput(code, wording)
