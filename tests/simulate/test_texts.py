"""What people write is varied, in several voices, and says what happened."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from math import prod

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from lakmus.simulate.texts import review_words
from lakmus.simulate.texts.grammar import compose, compose_each, misspell
from lakmus.simulate.texts.meanings import codes_of
from tests.simulate.conftest import Company


def test_nearly_every_review_is_its_own(slow_desk: Company, default: Company) -> None:
    texts = [row["Текст"] for company in (slow_desk, default) for row in company.files["reviews"] if row["Текст"]]
    assert len(texts) > 1000
    assert len(set(texts)) / len(texts) > 0.9


def test_the_grammar_can_say_hundreds_of_thousands_of_things() -> None:
    patterns = [pattern for matter in review_words.BY_MATTER for pattern in review_words.bad_patterns(matter)]
    without_products_and_typos = sum(
        prod(len(set(slot)) for slot in pattern) for pattern in [*patterns, review_words.GOOD, review_words.MILD]
    )
    assert without_products_and_typos > 50_000
    with_days = 20 * sum(prod(len(set(slot)) for slot in pattern) for pattern in review_words.bad_patterns("late"))
    assert with_days > 200_000


def test_no_text_keeps_a_place_unfilled(default: Company) -> None:
    planted = {error["order"] for error in default.truth["errors"] if error["finding"] == "placeholder"}
    for name in ("reviews", "messages", "contacts", "surveys", "automatic_messages"):
        rows = [row for row in default.files[name] if row.get("Шаблон") is None or row["Номер заказа"] not in planted]
        texts = [row[column] for row in rows for column in ("Текст", "Ответ", "Комментарий") if row.get(column)]
        assert len(texts) > 100
        assert not [text for text in texts if re.search(r"[{}|]|None|null", text)]


def test_bad_reviews_of_late_parcels_speak_of_lateness(default: Company) -> None:
    late = {error["order"] for error in default.truth["errors"] if error["code"] == "broken_promise"}
    bad = [row for row in default.files["reviews"] if int(row["Оценка"]) <= 2 and row["Текст"]]
    texts = [row["Текст"].lower() for row in bad if row["Номер заказа"] in late]
    spoken = [bool(re.search(r"опозд|жда|срок|достав|ден|дня|дне|курьер|посылк|вез", text)) for text in texts]
    assert len(texts) > 10
    assert sum(spoken) / len(spoken) > 0.9


def test_reviews_come_in_several_voices_and_lengths(default: Company) -> None:
    bad = [row["Текст"] for row in default.files["reviews"] if int(row["Оценка"]) <= 2 and row["Текст"]]
    marks = {
        "angry": [text for text in bad if text.count("!") >= 2],
        "dry": [text for text in bad if "!" not in text and len(text) > 80],
        "short": [text for text in bad if len(text) < 45],
        "hasty": [text for text in bad if text == text.lower()],
    }
    assert all(len(texts) > 0.03 * len(bad) for texts in marks.values()), {name: len(texts) for name, texts in marks.items()}


def test_women_and_men_speak_of_themselves_in_their_own_gender() -> None:
    pattern = (("Заказал{а} {product}.",),)
    words = {"product": pl.Series(["чай", "мёд"])}
    texts = compose(pattern, np.random.default_rng(1), 2, woman=np.array([True, False]), words=words)
    assert texts.to_list() == ["Заказала чай.", "Заказал мёд."]


def test_each_row_gets_the_pattern_it_asked_for() -> None:
    which = np.array([1, 0, 1, 2])
    patterns = [(("а",),), (("б",), ("",)), (("в",), (", г",))]
    texts = compose_each(patterns, which, np.random.default_rng(1), woman=np.zeros(4, np.bool_))
    assert texts.to_list() == ["б", "а", "б", "в, г"]


@given(st.lists(st.text(alphabet="абвгд ,.!", max_size=60), max_size=20), st.integers(0, 99))
def test_misspelling_changes_little_and_never_fails(texts: list[str], seed: int) -> None:
    written = misspell(pl.Series(texts, dtype=pl.String), np.random.default_rng(seed)).to_list()
    assert len(written) == len(texts)
    for before, after in zip(texts, written, strict=True):
        assert len(before) - before.count(",") - before.count(".") - 1 <= len(after) <= len(before) + 1


def test_replies_greet_by_the_name_of_the_customer(default: Company) -> None:
    names = {row["ID клиента"]: row["ФИО"] for row in default.files["customers"]}
    owner = {row["Номер обращения"]: row["ID клиента"] for row in default.files["cases"]}
    known = {name for full in names.values() for name in full.split()}
    greeted = defaultdict(int)
    for row in default.files["messages"]:
        called = re.match(r"(?:Здравствуйте, )?([А-ЯЁ][а-яё]+)[!,] ?(?:добрый|здравствуйте)?", row["Текст"])
        if row["Автор"] == "сотрудник" and called and called[1] in known:
            greeted[called[1] in names[owner[row["Номер обращения"]]]] += 1
    assert greeted[True] > 100
    assert greeted[False] == 0


def test_the_truth_tells_of_every_text_of_a_customer_what_it_was_made_to_say(default: Company) -> None:
    told = Counter(text["kind"] for text in default.truth["texts"])
    written = {
        "message": sum(row["Автор"] == "клиент" for row in default.files["messages"]),
        "review": sum(bool(row["Текст"]) for row in default.files["reviews"]),
        "survey": sum(bool(row["Комментарий"]) for row in default.files["surveys"]),
    }
    assert told == written
    meant = {text["case"]: text["codes"] for text in default.truth["texts"] if text["codes"] == ["rudeness"]}
    insulted = {
        error["case"] for error in default.truth["errors"] if error["finding"] == "said_by_customer" and error["code"] == "rudeness"
    }
    assert set(meant) == insulted


def test_phrases_mean_what_they_say() -> None:
    texts = ["Опоздали. На 2 дня.", "Ни разу никто не нагрубил.", "Мда. Поддержка не отвечает. Вопрос не решили.", None]
    texts += ["Обещали привезти вовремя а привезли через 3 дня после срока!", "Вы меня не поняли. Ещё раз: что с моим заказом?"]
    meant = [["broken_promise"], [], ["no_reply", "unresolved_problem"], [], ["broken_promise"], ["misunderstanding"]]
    assert codes_of(pl.Series(texts)).to_list() == meant
