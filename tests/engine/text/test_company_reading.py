"""What people said, what was learned and the company's own themes go before the lexicon; without them everything stays as it was read."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa
import pytest
from polars.testing import assert_frame_equal

from lakmus.engine.bucket import Facts, facts_until
from lakmus.engine.text.code_labels import judge_codes, learn_codes
from lakmus.engine.text.company_reading import CompanyReading, SaidOfText
from lakmus.engine.text.said import texts_of
from lakmus.history.activity import ACTIVITY_SCHEMA

END = datetime(2026, 3, 1, tzinfo=UTC)
TEXTS = ("Ждал ответа три недели, никто не отвечает", "Кривая скрепка, фу", "Забирал в пункте выдачи")


def company_facts() -> Facts:
    rows = [
        {"activity_id": f"a-{at}", "ts": datetime(2026, 2, at + 1, tzinfo=UTC), "customer": "c", "activity": "left_review", "_text": text}
        for at, text in enumerate(TEXTS)
    ]
    return facts_until(pa.Table.from_pylist([{**row, "_known_at": row["ts"]} for row in rows], schema=ACTIVITY_SCHEMA), as_of=END)


def read_with(**more: object) -> dict[str, dict[str, object]]:
    return {row["activity_id"]: row for row in texts_of(company_facts(), CompanyReading("v", **more)).to_dicts()}


def test_without_anything_taught_texts_are_read_as_by_the_lexicon_alone() -> None:
    assert_frame_equal(texts_of(company_facts()), texts_of(company_facts(), CompanyReading("v")))


def test_what_people_said_of_a_text_goes_before_the_lexicon_and_only_for_that_text() -> None:
    before = read_with()
    assert "no_reply" in before["a-0"]["codes"]
    said = (SaidOfText("a-0", "positive", ("price",), tuple(before["a-0"]["codes"])),)
    after = read_with(said=said)
    assert (after["a-0"]["polarity"], after["a-0"]["confidence"]) == ("positive", 1.0)
    assert after["a-0"]["codes"] == ["price"]
    assert after["a-0"]["words"] == [TEXTS[0]], "what people found is quoted by the beginning of the text"
    assert after["a-1"] == before["a-1"] and after["a-2"] == before["a-2"]
    assert read_with(said=said * 2) == after


def test_a_neutral_label_takes_the_polarity_back_and_split_people_leave_the_reading() -> None:
    before = read_with()
    assert read_with(said=(SaidOfText("a-0", "neutral", (), ()),))["a-0"]["polarity"] is None
    assert read_with(said=(SaidOfText("a-0", None, (), ()),)) == before


def test_own_themes_stand_among_the_codes_with_the_words_that_led_there() -> None:
    found = read_with(themes=(("own_1", ("пункт выдачи",)),))["a-2"]
    assert found["codes"][-1] == "own_1" and found["words"][-1] == "пункте выдачи"


@pytest.mark.slow
def test_learned_polarity_tells_what_the_lexicon_cannot() -> None:
    marks = [(f"Фломастер зелёный, партия {at}", 5.0) for at in range(20)] + [(f"Скрепка кривая, партия {at}", 1.0) for at in range(20)]
    assert read_with(polarity_marks=tuple(marks))["a-1"]["polarity"] == "negative"


def labelled_codes() -> tuple[list[str], list[tuple[str, ...]]]:
    texts = [f"скрепка кривая, партия {at}" for at in range(30)] + [f"скрепка ровная, партия {at}" for at in range(30)]
    return texts, [("product",)] * 30 + [()] * 30


def test_a_correction_of_a_code_adds_and_drops_it_with_its_words() -> None:
    texts, said = labelled_codes()
    texts += [f"никто не отвечает, но так и надо, номер {at}" for at in range(10)]
    marks = tuple(zip(texts, said + [()] * 10, strict=True))
    found = read_with(code_marks=marks, corrected=("product",))
    assert "product" in found["a-1"]["codes"] and "product" not in found["a-0"]["codes"]
    assert found["a-1"]["words"] == [TEXTS[1]]


@pytest.mark.slow
def test_corrections_are_used_only_where_they_beat_the_lexicon_on_texts_held_out() -> None:
    texts, said = labelled_codes()
    (blind,) = judge_codes(texts, [()] * 60, said)
    assert blind.used and blind.own_f1 == pytest.approx(1.0) and blind.lexicon_f1 == 0 and blind.better == 30
    (same,) = judge_codes(texts, said, said)
    assert not same.used and same.lexicon_f1 == 1.0
    noise = [("product",) if at % 2 else () for at in range(60)]
    (chance,) = judge_codes([f"одно и то же {'да' * (at % 3)}" for at in range(60)], [("product",)] * 60, noise)
    assert not chance.used


def test_the_same_labels_teach_the_same_correction() -> None:
    texts, said = labelled_codes()
    first, second = (learn_codes(texts, [()] * 60, said, {"product"}).told(["кривая скрепка"], [()]) for _ in range(2))
    assert first["product"].tolist() == second["product"].tolist() == [True]


def test_where_nobody_wrote_there_is_nothing_to_correct() -> None:
    nothing = facts_until(pa.Table.from_pylist([], schema=ACTIVITY_SCHEMA), as_of=END)
    taught = CompanyReading("v", themes=(("own_1", ("пункт",)),), said=(SaidOfText("a", "negative", (), ()),))
    assert texts_of(nothing, taught).is_empty()
