"""What the company's marks teach is judged on texts held out, used where it beats the lexicon, and taken over into the verdict."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from django.utils import timezone

from lakmus.cli.texts import line_for_programs
from lakmus.engine.text import embeddings
from lakmus.history.estimate import NotEnoughEvidence
from lakmus.history.failures import NotFound
from lakmus.operations.labels import changes
from lakmus.usecases.house.home import Home
from lakmus.usecases.show_verdict import show_verdict
from lakmus.usecases.texts.learn_reading import judge_polarity, take_over
from lakmus.usecases.texts.own_reading import Marked, company_reading, reading_key, said_of_texts, taken_reading
from lakmus.usecases.texts.read_texts import read_lines
from tests.usecases.conftest import bring_in, empty_home

NOW = timezone.now()


@pytest.mark.slow
def test_words_that_only_this_company_knows_are_learned_and_used() -> None:
    texts = [f"Фломастер зелёный, партия {at}" for at in range(40)] + [f"Скрепка кривая, партия {at}" for at in range(40)]
    found = judge_polarity(Marked(texts, [5.0] * 40 + [1.0] * 40, 0), at=NOW)
    assert found.used == "own" and found.own_f1 > 0.9 > found.lexicon_f1


@pytest.mark.slow
def test_where_marks_teach_nothing_better_the_lexicon_stays() -> None:
    good, bad = ["отлично", "прекрасно", "спасибо", "супер"], ["ужасно", "отвратительно", "кошмар", "хамство"]
    texts = [f"{word} {at}" for at in range(10) for word in good] + [f"{word} {at}" for at in range(10) for word in bad]
    found = judge_polarity(Marked(texts, [5.0] * 40 + [1.0] * 40, 0), at=NOW)
    assert found.used == "lexicon" and found.lexicon_f1 == pytest.approx(1.0)


def test_too_few_marks_are_said_to_be_too_few() -> None:
    assert isinstance(judge_polarity(Marked(["хорошо", "плохо"], [5.0, 1.0], 0), at=NOW), NotEnoughEvidence)


@pytest.fixture
def office(tmp_path: Path, db: None) -> Home:
    """Return a home with a hundred reviews whose words no lexicon knows."""
    home = empty_home(tmp_path / "home")
    with (tmp_path / "reviews.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter=";")
        rows.writerow(["ID отзыва", "Дата отзыва", "ID клиента", "Оценка", "Текст отзыва"])
        for at in range(100):
            thing, stars = ("Фломастер зелёный", 5) if at % 2 else ("Скрепка кривая", 1)
            rows.writerow([f"R{at}", f"2025-03-{at % 28 + 1:02}", f"К{at % 40}", stars, f"{thing}, партия {at}"])
    bring_in(home, tmp_path / "reviews.csv")
    return home


def read_as_taught(home: Home, text: str) -> list[dict[str, Any]]:
    """Read a file that holds one text as the company's verdict would."""
    path = home.path / "one.csv"
    path.write_text(f"number;text\n1;{text}\n", encoding="utf-8")
    lines = read_lines(path, column="text", line=line_for_programs, company=company_reading(home))
    return [json.loads(line) for line in lines]


def texts_of(home: Home) -> pl.DataFrame:
    return pl.read_parquet(Path(show_verdict(home).folder) / "texts" / "*.parquet").sort("activity_id")


@pytest.mark.slow
def test_what_is_taken_over_reaches_the_verdict_and_the_same_once_more_changes_nothing(office: Home, user_of) -> None:
    before, key = texts_of(office), show_verdict(office).key
    assert reading_key(office) is None and company_reading(office) is None and before["polarity"].null_count() == 100
    first, other = before["activity_id"][0], before["activity_id"][1]
    changes.label_text(activity_id=first, customer="К0", polarity="positive", codes=["price"], reason="price", actor=user_of("owner"))
    changes.take_up_theme(title="Партия", phrases=["партия"], actor=user_of("owner"))
    assert show_verdict(office).key == key, "a label waits until it is taken over"

    taken = take_over(office).taken
    after, later = texts_of(office), show_verdict(office).key
    labelled = after.row(by_predicate=pl.col("activity_id") == first, named=True)
    assert (labelled["polarity"], labelled["confidence"]) == ("positive", 1.0)
    (theme,) = [code for code in labelled["codes"] if code.startswith("own_")]
    assert "price" in labelled["codes"]
    assert later != key and taken.polarity.used == "own" and after["polarity"].null_count() == 0
    (said,) = read_as_taught(office, "Скрепка опять кривая, вся партия")
    assert said["polarity"] == "negative" and [one["code"] for one in said["sayings"]] == said["codes"] == [theme]

    shutil.rmtree(office.results)
    office.results.mkdir()
    assert show_verdict(office).key == later and texts_of(office).equals(after)

    changes.label_text(activity_id=other, customer="К1", polarity="negative", codes=[], reason="", actor=user_of("owner"))
    assert show_verdict(office).key == later
    take_over(office)
    assert show_verdict(office).key != later
    assert changes.forget_labels(customers=["К0", "К1"], actor=None) == 2
    take_over(office)
    assert "price" not in texts_of(office)["codes"].explode().to_list()


@pytest.mark.django_db
def test_where_people_are_split_the_reading_stands(user_of) -> None:
    for person, polarity, codes in (("owner", "negative", ["price", "rudeness"]), ("head_of_service", "positive", ["price"])):
        changes.label_text(activity_id="a", customer="c", polarity=polarity, codes=codes, reason="", actor=user_of(person))
    from lakmus.operations.labels.queries import all_labels

    (said,) = said_of_texts(all_labels())
    assert said.polarity is None and said.codes == ("price",)
    assert "rudeness" not in said.without and "no_reply" in said.without


def test_a_broken_file_of_what_was_taken_over_means_the_lexicon_reads(tmp_path: Path) -> None:
    home = empty_home(tmp_path / "home")
    (home.path / "reading.json").write_text('{"until": "yesterday"}', encoding="utf-8")
    assert taken_reading(home) is None and reading_key(home) is None and company_reading(home) is None


@pytest.mark.slow
def test_sentence_embeddings_stay_once_asked_for_and_are_missed_where_they_are_gone(office: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embeddings, "_encoder", Alike)
    monkeypatch.setattr(embeddings, "installed_version", lambda: "stand-in/1")
    without = take_over(office, embeddings=False).taken
    key = reading_key(office)
    assert without.embeddings is None and take_over(office).taken.embeddings is None
    assert take_over(office, embeddings=True).taken.embeddings == "stand-in/1" and reading_key(office) != key
    taken = take_over(office).taken
    assert taken.embeddings == "stand-in/1" == company_reading(office).embeddings and taken.polarity.used == "own"
    assert read_as_taught(office, "Скрепка опять кривая")[0]["polarity"] == "negative"

    monkeypatch.setattr(embeddings, "installed_version", lambda: None)
    with pytest.raises(NotFound, match=r"lakmus\[embeddings\]"):
        read_as_taught(office, "Скрепка опять кривая")
    with pytest.raises(NotFound):
        take_over(office)
    assert taken_reading(office) == taken
    assert take_over(office, embeddings=False).taken.embeddings is None


class Alike:
    """Stands in for the model: all texts mean the same."""

    def encode(self, texts: list[str]) -> np.ndarray:
        return np.tile(np.eye(1, embeddings.WIDTH, dtype=np.float32), (len(texts), 1))
