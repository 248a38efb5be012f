"""Ways in which customers say that they leave, and what sounds like it and is none."""

from __future__ import annotations

import pytest

from lakmus.engine.text.reader import LEAVING, read


@pytest.mark.parametrize(
    "text",
    [
        "Сегодня же закрыла у них все карты.",
        "Решил закрыть счёт, надоело.",
        "Ухожу в другой банк.",
        "Всё, перехожу к конкурентам!",
        "Перевожу зарплату в другой банк.",
        "Договор с клиникой расторгла.",
        "Моей ноги тут больше не будет.",
        "В этот магазин больше ни ногой.",
        "Прощайте, больше вы меня не увидите.",
        "Пропало всякое желание пользоваться вашими услугами.",
        "Никогда больше не закажу у вас доставку.",
        "Меняю оператора, сил нет.",
        "Пойду лечиться в другую клинику.",
        "Как выплачу ипотеку, сразу уйду.",
        "Вы потеряли ещё одного клиента.",
        "Хочу отказаться от услуг этого провайдера.",
        "Удалила приложение и забыла как страшный сон.",
        "Ищу другую клинику.",
        "Я бывший клиент этого банка.",
        "I have closed my accounts with them.",
        "We are switching to another provider.",
        "I'm done with this company.",
        "You have just lost a loyal customer.",
        "I will take my business elsewhere.",
        "I won't be renewing.",
    ],
)
def test_a_customer_who_leaves_is_heard(text: str) -> None:
    assert LEAVING in read(text).codes


@pytest.mark.parametrize(
    "text",
    [
        "Отказалась от карты, которую навязывали.",
        "Закрыла кредит досрочно, всё быстро.",
        "Помогли перейти на другой тариф.",
        "Никогда не было проблем с оплатой.",
        "Если я не буду ей пользоваться, платить не придётся?",
        "Курьер ушёл из подъезда, не позвонив.",
        "Я ушла из отделения довольная.",
        "Пойду в другой раз.",
        "Переезжаю в другой город, можно перенести договор?",
        "Как закрыть карту?",
        "How do I close the app?",
        "I will never forget your kindness.",
        "I have never had a problem with this bank.",
    ],
)
def test_what_only_sounds_like_it_is_no_farewell(text: str) -> None:
    assert LEAVING not in read(text).codes
