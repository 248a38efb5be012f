"""The pages of causes at a terminal: words for every code, in both languages; what does not exist is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lakmus.cli.cause_pages import written
from lakmus.cli.cause_words import side_word
from lakmus.history.failures import BadInput, NotFound
from lakmus.usecases.causes.ledger import check_asked
from lakmus.usecases.causes.pages import PAGES, cause_page, check_code
from lakmus.usecases.causes.promises import BY
from lakmus.usecases.house.home import Home
from lakmus.usecases.show_verdict import Shown
from tests.web.invented import AS_OF, invented_verdict
from tests.web.invented_tables import write_tables

CODE = re.compile(r"\b[a-z]+_[a-z_]+\b|[{}]")


@pytest.fixture
def shown(tmp_path: Path, db: None) -> Shown:
    write_tables(tmp_path)
    return Shown(invented_verdict(), None, AS_OF, tmp_path, "invented")  # type: ignore[arg-type]


ASKED = [
    *((name, {}) for name in PAGES if name not in ("error", "promises", "avoidable", "topics", "unsorted", "profiles")),
    *(("promises", {"by": by}) for by in BY),
]


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize(("name", "asked"), ASKED)
def test_no_page_shows_a_code_to_a_person(shown: Shown, tmp_path: Path, language: str, name: str, asked: dict[str, str]) -> None:
    text = written(cause_page(Home(tmp_path), shown, name, asked, language=language), "RUB", language)
    # What the company named itself, such as a template, stands as it is written.
    assert name == "messages" or CODE.findall(text) == []
    if language == "ru" and name == "promises" and asked["by"] in ("action", "source"):
        assert not re.search("[a-z]{3}", text)


def test_parts_of_an_error_are_named_and_the_companys_own_names_stand() -> None:
    assert side_word("month", "2026-03", "ru") == "мар\N{NO-BREAK SPACE}2026"
    assert side_word("channel", "phone", "ru") == "телефон"
    assert side_word("place", "Омск", "en") == "Омск"
    assert side_word("channel", None, "en") == "not said in the files"


def test_a_side_of_many_parts_is_cut_at_a_terminal_and_an_unknown_outcome_is_no_nought() -> None:
    part = {"cases": 7, "customers": 7, "left": 0, "left_silently": 0}
    shortage = {"status": "not_enough_evidence", "reason": "мало", "needed": 50, "available": 46}
    sides = {"place": [{"key": f"Омск {'абвгдежзиклмнопрстуф'[n]}", **part} for n in range(20)]}
    told = {"page": "error", "title": "ошибка", "money": shortage, "outcome_known": False, "sides": sides}
    text = written(told, "RUB", "ru")
    assert text.count("Омск") == 13 and "и ещё 7" in text
    assert text.count("–") > 26 and not re.search(r"\b0\b", text.partition("Омск")[2])


def test_what_does_not_exist_is_refused_before_anything_is_computed() -> None:
    for month in ("x", "2026-13", "2026-3"):
        with pytest.raises(BadInput, match="Nothing was changed"):
            check_asked(month=month)
    with pytest.raises(NotFound):
        check_asked(code="moon")
    with pytest.raises(NotFound, match="slow_reply"):
        check_code("moon")
    check_asked(month="2026-03", code="unknown")


def test_needless_contacts_are_told_in_one_sentence_and_by_error() -> None:
    told = {
        "page": "avoidable", "title": "лишние обращения", "contacts": 200, "caused": 50, "within_days": 30,
        "share_caused": {"point": 0.25, "low": 0.19, "high": 0.31, "n": 200, "badge": "counted"},
        "by_code": [{"code": "broken_promise", "title": "невыполненное обещание", "contacts": 50}], "wishes": {"stated": 7, "not_kept": 2},
    }  # fmt: skip
    shown = written(told, "RUB", "ru").replace("\N{NO-BREAK SPACE}", " ")
    assert "Обращений за 12 месяцев: 200; в 30 дн. после нашей ошибки: 50 (25,0 %" in shown and "не учтено: 2" in shown
    assert re.search(r"невыполненное обещание +50", shown)
    assert "Нечего показать" in written({**told, "contacts": 0, "wishes": {"stated": 0, "not_kept": 0}}, "RUB", "ru")
