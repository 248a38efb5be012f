"""What is denied, not said, asked or praised is no complaint."""

from __future__ import annotations

import pytest

from lakmus.engine.errors.catalogue import ERROR_CODES, OTHER_REASONS
from lakmus.engine.text.reader import read

FAULTS = {
    "хамства": "rudeness",
    "грубости": "rudeness",
    "очередей": "slow_reply",
    "ошибок в заказе": "inattention",
    "задержек доставки": "broken_promise",
    "скрытых комиссий": "hidden_charge",
    "брака": "product_quality",
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(
    "frame", ["{} не было", "Никакого {}", "Без {}", "{} не заметил", "Ни разу не встретила {}", "Здесь нет {}", "{} нет."]
)
def test_a_fault_that_is_denied_is_no_complaint(fault: str, frame: str) -> None:
    told = read(frame.format(fault).capitalize())
    assert FAULTS[fault] not in told.codes and told.polarity != "negative"


@pytest.mark.parametrize(
    "text",
    [
        "Не грубили",
        "Ждать не пришлось",
        "Ждать почти не пришлось",
        "Не скажу, что дорого",
        "Не сказала бы, что долго ждали",
        "Не было случая, чтобы мне тут не помогли",
        "Жду не дождусь новой коллекции!",
        "Не обманули ни в сроках, ни в цене",
        "Без проволочек оформили возврат",
        "Цены ниже, чем у других",
        "Дешевле, чем в соседнем магазине",
        "Цены приятно удивили",
        "Достоинства: быстро. Недостатки: нет",
        "Плюсы: вежливо. Минусы: не заметил",
        "without any delay",
        "No delays at all",
        "They did not charge me a cent extra",
        "I wasn't charged twice after all",
        "Can't wait to come back",
        "I would not say it is expensive",
        "Staff never make you feel rushed or ignored",
        "Nobody kept us waiting",
        "I can't praise them enough",
        "Couldn't be happier",
        "Cheaper than other stores",
        "Нельзя сказать, что нам нагрубили",
        "Can I change my delivery address?",
        "How can I cancel my order?",
        "I lost my card, can you send a new one?",
        "Можно перенести доставку на субботу?",
        "Перевел деньги на накопительный счет",
        "Я потеряла карту, как заказать новую?",
        "Перенесите, пожалуйста, запись на пятницу",
        "I moved money to my savings account",
        "Very easy checkout, took two minutes",
        "Отзывчивые и оперативные сотрудники, живая музыка",
    ],
)
def test_praise_and_questions_hold_no_reason(text: str) -> None:
    assert not {*ERROR_CODES, *OTHER_REASONS}.intersection(read(text).codes)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Ответа не было", "no_reply"),
        ("Обратной связи нет", "no_reply"),
        ("Слотов на выходные никогда нет", "no_option"),
        ("Ждать ответа не было сил, третий день жду", "slow_reply"),
        ("Спасибо огромное, третий день жду ответа 👏👏👏", "slow_reply"),
        ("Они могли не отвечать неделю, и не ответили", "no_reply"),
        ("Доставку перенесли третий раз", "broken_promise"),
        ("Никто так и не приехал", "broken_promise"),
        ("Деньги сняли, а билет не пришёл", "checkout_obstacle"),
        ("Написали «решено», но всё осталось как было", "unresolved_problem"),
    ],
)
def test_what_is_missing_stays_a_complaint(text: str, code: str) -> None:
    assert code in read(text).codes
