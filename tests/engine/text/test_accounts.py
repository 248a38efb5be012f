"""What customers of banks, insurers and operators say of accounts, loans, cards and policies."""

import pytest

from lakmus.engine.text.reader import read


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("К телефону всучили полис от всего на свете.", "hidden_charge"),
        ("Оператор подключил платную опцию, деньги списывают по 300 рублей.", "hidden_charge"),
        ("Со вклада исчезли мои сбережения, вклад обчистили на сто тысяч.", "hidden_charge"),
        ("Ставка по ипотеке у них конская.", "price"),
        ("Высокие % за рассрочку.", "price"),
        ("Проценты по вкладу мизерные.", "price"),
        ("Смс-уведомления стали платными.", "price"),
        ("Полис оформляли три недели.", "slow_reply"),
        ("Гоняют из одного кабинета в другой.", "unresolved_problem"),
        ("Страховую выплату так и не перечислили.", "unresolved_problem"),
        ("Банкомат в вестибюле не выдаёт крупные купюры.", "checkout_obstacle"),
        ("В приложении постоянный сбой.", "checkout_obstacle"),
        ("Счёт фирмы заблокировали без причины.", "product_quality"),
        ("Собирай кучу справок ради подписи.", "inflexibility"),
        ("Спамят звонками с утра до вечера.", "no_personal_approach"),
        ("За сохранность вещей они не отвечают.", "indifference"),
        ("Низкая квалификация врачей.", "untrained_staff"),
        ("По вине клиники анализы переделывали.", "inattention"),
        ("Свои обязательства страховая не выполняет, нарушает сроки договора.", "broken_promise"),
        ("В отделении терминалов мало, ближайшее отделение закрыли.", "no_option"),
        ("Забрала вклад и закрыла счёт.", "leaving"),
    ],
)
def test_it_is_heard(text: str, code: str) -> None:
    assert code in read(text).codes


@pytest.mark.parametrize(
    "text",
    [
        "Здравствуйте, дорогие читатели!",
        "Я заблокировала карту сама, она старая.",
        "Сломала ногу на даче.",
        "Меняю фамилию после заключения брака.",
    ],
)
def test_what_is_no_complaint_is_not_heard(text: str) -> None:
    assert not {"price", "product_quality"} & set(read(text).codes)


def test_they_do_not_answer_for_it_is_no_missing_answer() -> None:
    assert "no_reply" not in read("За сбои они не отвечают за ваши деньги.").codes
