"""Complaints are read however they are written: in haste, in capitals, in Latin letters, with signs or a mark."""

from __future__ import annotations

import pytest

from lakmus.engine.text.reader import read
from lakmus.engine.text.words import words_of

PLAIN = [
    ("Мне нахамили на кассе", "rudeness"),
    ("Второй месяц не возвращают деньги", "unresolved_problem"),
    ("Списали комиссию без предупреждения", "hidden_charge"),
    ("Приложение зависает при оплате", "checkout_obstacle"),
    ("Перепутали размер и цвет", "inattention"),
    ("My order never arrived", "broken_promise"),
    ("The agent was rude to me", "rudeness"),
    ("They never replied to my email", "no_reply"),
    ("Charged me twice for one order", "hidden_charge"),
]


@pytest.mark.parametrize(("text", "code"), PLAIN)
@pytest.mark.parametrize(
    "written",
    [
        str.upper,
        str.lower,
        lambda text: f"{text}!!!😡😡",
        lambda text: text.replace(" ", "   "),
        lambda text: f"Достоинства: есть доставка\nНедостатки: {text}",
        lambda text: f"Pros: cheap. Cons: {text}.",
        lambda text: f"Всё началось весной. {'Погода стояла хорошая. ' * 200}{text}. Вот и всё.",
        lambda text: f"Здравствуйте! {text}. Best regards",
    ],
)
def test_a_complaint_stays_one_however_it_is_written(text: str, code: str, written: object) -> None:
    assert code in read(written(text)).codes  # type: ignore[operator]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Неперезвонили и неответили", "no_reply"),
        ("Немогу дозвонится до вас", "hard_to_reach"),
        ("Проблемма так и не решена", "unresolved_problem"),
        ("Обслужили, но обслуживение ужасное", "poor_service"),
        ("Zhdu otveta uzhe chetvertyj den", "slow_reply"),
        ("Nikto ne otvechaet na pisma", "no_reply"),
        ("перезвонить обещали и никто так и не перезвонил", "no_reply"),
    ],
)
def test_slips_of_the_pen_hide_no_complaint(text: str, code: str) -> None:
    assert code in read(text).codes


@pytest.mark.parametrize(
    "text",
    ["Produto de boa qualidade, recomendo a todos", "El producto llego tarde y nadie contesta", "Ich warte seit drei Wochen auf Antwort"],
)
def test_other_languages_in_latin_letters_are_no_russian(text: str) -> None:
    assert read(text).language == "other"


def test_what_was_written_together_is_shown_at_its_place() -> None:
    text = "Очень жаль: неперезвонили"
    saying = next(one for one in read(text).sayings if one.code == "no_reply")
    assert text[saying.start : saying.end] == "неперезвонили"


def test_words_cut_again_keep_their_places() -> None:
    words = words_of("я незнаю")
    cut = words.cut_again({1: ("не", "знаю")})
    assert (cut.texts, [cut.span(place) for place in range(3)]) == (["я", "не", "знаю"], [(0, 1), (2, 4), (4, 8)])


@pytest.mark.parametrize(
    ("text", "polarity"),
    [("1/10", "negative"), ("2 из 10", "negative"), ("9 из 10", "positive"), ("5/5", "positive"), ("Оценка 0 из 5", "negative")],
)
def test_a_mark_tells_how_pleased_the_writer_is(text: str, polarity: str) -> None:
    assert read(text).polarity == polarity


@pytest.mark.parametrize("text", ["24/7 на связи", "Был у вас 3/10/2023", "Встреча 5/10 в 12", "Оплатил 1/10 суммы", "7 из 10"])
def test_dates_and_shares_are_no_marks(text: str) -> None:
    assert read(text).polarity is None
