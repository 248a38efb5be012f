"""What the company's marks teach is judged on texts held out, and used only where it beats the lexicon."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import pytest

from lakmus.history.estimate import NotEnoughEvidence
from lakmus.usecases import learn_reading
from lakmus.usecases.learn_reading import Marked, judge_reading, judged_reading, own_reading


def judged(home: SimpleNamespace, texts: list[str], stars: list[float]) -> object:
    with mock.patch.object(learn_reading, "marked_texts", return_value=Marked(texts, stars, 0)):
        found = judge_reading(home, None)
        return found, own_reading(home, None)


def test_words_that_only_this_company_knows_are_learned_and_used(tmp_path: Path) -> None:
    home = SimpleNamespace(path=tmp_path)
    texts = [f"Фломастер зелёный, партия {at}" for at in range(40)] + [f"Скрепка кривая, партия {at}" for at in range(40)]
    found, model = judged(home, texts, [5.0] * 40 + [1.0] * 40)
    assert found.used == "own" and found.own_f1 > 0.9 > found.lexicon_f1
    assert judged_reading(home) == found
    assert model.told(["Скрепка опять кривая"]) == ["negative"]


def test_where_marks_teach_nothing_better_the_lexicon_stays(tmp_path: Path) -> None:
    home = SimpleNamespace(path=tmp_path)
    good, bad = ["отлично", "прекрасно", "спасибо", "супер"], ["ужасно", "отвратительно", "кошмар", "хамство"]
    texts = [f"{word} {at}" for at in range(10) for word in good] + [f"{word} {at}" for at in range(10) for word in bad]
    found, model = judged(home, texts, [5.0] * 40 + [1.0] * 40)
    assert found.used == "lexicon" and found.lexicon_f1 == pytest.approx(1.0) and model is None


def test_too_few_marks_are_said_to_be_too_few(tmp_path: Path) -> None:
    home = SimpleNamespace(path=tmp_path)
    found, model = judged(home, ["хорошо", "плохо"], [5.0, 1.0])
    assert isinstance(found, NotEnoughEvidence) and model is None and judged_reading(home) is None
