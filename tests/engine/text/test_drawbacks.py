"""What stands under a heading for drawbacks is a complaint in a word."""

import pytest

from lakmus.engine.text.reader import read


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Клиника\nДостоинства: рядом с домом\nНедостатки: очереди, цены\nОтзыв: Хожу сюда с детьми.", {"slow_reply", "price"}),
        ("Минусы: сайт; Вывод: пользоваться можно", {"checkout_obstacle"}),
        ("Pros: close to home. Cons: queues, app. Review: fine otherwise.", {"slow_reply", "checkout_obstacle"}),
    ],
)
def test_bare_words_under_drawbacks_name_a_complaint(text: str, codes: set[str]) -> None:
    assert codes <= set(read(text).codes)


@pytest.mark.parametrize(
    "text",
    [
        "Достоинства: цены, сайт\nНедостатки: нет\nОтзыв: сервис, цены, очереди: всё в порядке.",
        "Недостатки: нет очередей. Отзыв: нормально.",
        "Недостатки, сайт и прочее обсудим завтра.",
    ],
)
def test_nothing_is_heard_under_other_headings(text: str) -> None:
    assert not {"price", "slow_reply", "checkout_obstacle"} & set(read(text).codes)


def test_the_word_is_shown_where_it_stands() -> None:
    text = "Достоинства: приложение\nНедостатки: приложение\nОтзыв: сойдёт"
    told = {one.code: one.start for one in read(text).sayings}
    assert told == {"praise": text.index("приложение"), "checkout_obstacle": text.rindex("приложение")}


@pytest.mark.parametrize("text", ["Достоинства: рядом с домом\nНедостатки: очереди", "Pros: close to my home. Cons: queues."])
def test_what_stands_under_a_heading_for_advantages_praises(text: str) -> None:
    assert "praise" in read(text).codes


@pytest.mark.parametrize(
    "text",
    [
        "Достоинства: нет\nНедостатки: очереди",
        "Плюсы: их не обнаружено",
        "Достоинства: хамство на кассе",
        "Pros: none",
        "Плюсы: Минусы: всё",
    ],
)
def test_an_advantage_that_there_is_none_of_praises_nothing(text: str) -> None:
    assert "praise" not in read(text).codes
