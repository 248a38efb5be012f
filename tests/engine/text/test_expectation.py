"""What was feared and did not come is no complaint."""

from __future__ import annotations

import pytest

from lakmus.engine.text.reader import read


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Боялась, что нахамят, но девушка была очень вежлива.", "rudeness"),
        ("Думали, привезут с опозданием, а приехали раньше срока.", "broken_promise"),
        ("I was afraid the courier would be rude, but he was lovely.", "rudeness"),
        ("Переживал, что никто не ответит, однако ответили за минуту.", "no_reply"),
    ],
)
def test_what_was_feared_and_did_not_come_is_no_complaint(text: str, code: str) -> None:
    told = read(text)
    assert code not in told.codes and told.polarity != "negative"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Думала, всё будет хорошо, а мне нахамили.", "rudeness"),
        ("I expected good service, but the waiter was rude.", "rudeness"),
        ("Думаю, вы мне просто нахамили.", "rudeness"),
        ("Никогда не думала, что тут так хамят, но это правда.", "rudeness"),
        ("Думала долго. Нахамили, но ничего.", "rudeness"),
    ],
)
def test_what_came_instead_stands(text: str, code: str) -> None:
    assert code in read(text).codes
