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
    assert [(one.code, one.start) for one in read(text).sayings] == [("checkout_obstacle", text.rindex("приложение"))]
