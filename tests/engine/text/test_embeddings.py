"""Sentence embeddings as an optional extra: what they add, and what is said where they are asked for and absent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from lakmus.engine.text import embeddings
from lakmus.engine.text.code_labels import judge_codes, learn_codes
from lakmus.engine.text.embeddings import WIDTH, embedded, installed_version, required_version
from lakmus.engine.text.kernel_labels import fit_kernel
from lakmus.engine.text.own_labels import learn_labels, learn_polarity
from lakmus.history.failures import NotFound

MEANINGS = ("радиус дуги", "белка прыгает", "море шумит")
SAID = ("радиус", "дуга", "белка", "прыжок", "море", "прибой")
TEXTS = [f"{word} {number}" for number in range(20) for word in SAID]


class Encoder:
    """Stands in for the model: words of one meaning lie at one point."""

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        meaning = {"радиус": 0, "дуга": 0, "окружность": 0, "белка": 1, "прыжок": 1, "хвост": 1, "море": 2, "прибой": 2, "волна": 2}
        points = np.zeros((len(texts), WIDTH), dtype=np.float32)
        points[np.arange(len(texts)), [meaning[text.split()[0]] for text in texts]] = 1
        return points


@pytest.fixture
def version(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(embeddings, "_encoder", Encoder)
    monkeypatch.setattr(embeddings, "installed_version", lambda: "stand-in/1")
    return "stand-in/1"


def test_words_that_no_mark_has_shown_are_told_by_what_they_mean(version: str) -> None:
    kinds = [MEANINGS[SAID.index(text.split()[0]) // 2] for text in TEXTS]
    learned = learn_labels(TEXTS, kinds, embeddings=version)
    assert learned.told(["окружность", "хвост", "волна"]) == list(MEANINGS)
    assert np.allclose(learned.probabilities(TEXTS).sum(axis=1), 1)


def test_polarity_is_learned_with_them_too(version: str) -> None:
    pleased = [5.0 if text.split()[0] in SAID[:2] else 1.0 for text in TEXTS]
    learned = learn_polarity(TEXTS, pleased, embeddings=version)
    assert not hasattr(learned, "reason")
    assert learned.told(["окружность", "хвост"]) == ["positive", "negative"]


@pytest.mark.slow
def test_a_correction_of_a_code_is_learned_with_them_too(version: str) -> None:
    said = [("price",) if text.split()[0] in SAID[:2] else () for text in TEXTS]
    nothing = [()] * len(TEXTS)
    assert learn_codes(TEXTS, nothing, said, {"price"}, embeddings=version).told(["окружность", "волна"], nothing[:2])[
        "price"
    ].tolist() == [
        True,
        False,
    ]
    (judged,) = judge_codes(TEXTS, nothing, said, embeddings=version)
    assert judged.used


def test_likeness_by_hand() -> None:
    from scipy.sparse import csr_matrix

    said, meant = csr_matrix(np.zeros((2, 1), dtype=np.float32)), np.eye(2, dtype=np.float32)
    far = np.exp(-1.5 * 2)
    weights = np.linalg.solve([[1.1, far], [far, 1.1]], np.eye(2))
    assert np.allclose(fit_kernel(said, meant, ["a", "b"]).decision_function(said, meant), [[1, far], [far, 1]] @ weights, atol=1e-6)


def test_asked_for_and_absent_they_say_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embeddings, "installed_version", lambda: None)
    with pytest.raises(NotFound, match=r"lakmus\[embeddings\]") as told:
        learn_labels(["а", "б"], ["а", "б"], embeddings="use-multilingual-3/0.2.1")
    assert told.value.code == "embeddings_missing"
    assert "Ничего не потеряно" in told.value.wording.ru


def test_another_version_than_was_learned_with_is_refused(version: str) -> None:
    with pytest.raises(NotFound, match="another version: stand-in/1"):
        required_version("stand-in/0")


@pytest.mark.skipif(installed_version() is None, reason="the extra lakmus[embeddings] is not installed")
@pytest.mark.slow
def test_the_model_that_ships_puts_both_languages_side_by_side() -> None:
    version = required_version()
    points = embedded(["Курьер опоздал", "The courier was late", "Вкусный суп", "", "😀" * 5000], version)
    assert points.shape == (5, WIDTH)
    assert np.allclose(np.linalg.norm(points, axis=1), 1, atol=1e-4)
    assert points[0] @ points[1] > points[0] @ points[2] + 0.2
