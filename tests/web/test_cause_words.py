"""What the page of one error says: pairs of errors, doses, and which errors are called harmless."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from lakmus.engine.harm import Interaction
from lakmus.history.estimate import Badge, Estimate
from lakmus.history.wording import Wording
from lakmus.web.causes import dose_title, pairs_of, reaching_zero

TITLES = {"slow_reply": Wording("долгое ожидание ответа", "long wait for a reply")}


def page(language: str, *p_adjusted: float) -> str:
    found = tuple(
        Interaction("slow_reply", Estimate(0.3, 0.2, 0.4, 90, Badge.ADJUSTED), Estimate(0.1, 0.05, 0.15, 400, Badge.ADJUSTED), 0.2, p)
        for p in p_adjusted
    )
    with translation.override(language):
        return " ".join(
            render_to_string("web/parts/cause_dose.html", {"pairs": pairs_of(SimpleNamespace(interactions=found), TITLES)}).split()
        )


@pytest.mark.parametrize(
    ("language", "told"), [("ru", ("Долгое ожидание ответа", "вместе хуже")), ("en", ("Long wait for a reply", "together worse"))]
)
def test_a_pair_that_hurts_more_together_is_named(language: str, told: tuple[str, ...]) -> None:
    shown = page(language, 0.01)
    assert [words for words in told if words not in shown] == []


def test_pairs_that_may_be_chance_are_counted_and_not_named() -> None:
    shown = page("en", 0.2, 0.6)
    assert "2 pairs were looked at" in shown and "No pair does more together" in shown and "Long wait" not in shown


def test_where_no_pair_was_looked_at_nothing_is_said() -> None:
    assert "together" not in page("en")


@pytest.mark.parametrize(
    ("dose", "ru", "en"),
    [
        ((0, 15, "minutes"), "0–15 мин", "0–15 min"), ((60, 240, "minutes"), "1–4 ч", "1–4 h"),
        ((1440, 2880, "minutes"), "1–2 дн.", "1–2 d"), ((5760, None, "minutes"), "4+ дн.", "4+ d"), ((3, 5, "days"), "3–5 дн.", "3–5 d"),
    ],
)  # fmt: skip
def test_a_dose_is_written_in_the_unit_that_is_read_best(dose: tuple, ru: str, en: str) -> None:
    for language, written in (("ru", ru), ("en", en)):
        with translation.override(language):
            assert dose_title(*dose).replace("\N{NO-BREAK SPACE}", " ") == written


def test_errors_whose_victims_leave_less_often_are_not_called_harmless() -> None:
    def error(low: float, high: float) -> SimpleNamespace:
        return SimpleNamespace(money=Estimate((low + high) / 2, low, high, 90, Badge.ADJUSTED))

    reaching, below = error(-5.0, 1.0), error(-5.0, -1.0)
    assert reaching_zero((reaching, below)) == (reaching,)
