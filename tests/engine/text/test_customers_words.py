"""Ways in which customers say which error they met, made up at the desk; what reads like one and is none stands beside."""

from __future__ import annotations

import pytest

from lakmus.engine.text.reader import read

SAID = {
    "no_reply": (
        "Написала три письма – ни ответа ни привета.",
        "Пишу как в пустоту.",
        "Сообщение прочитали и молчат.",
        "Никто не удосужился перезвонить.",
        "На связь не выходят вторую неделю.",
        "Спросил цену, ответа ноль.",
        "До сих пор жду ответа.",
        "Кто-нибудь вообще читает отзывы?",
        "Nobody ever got back to me.",
        "Two e-mails and not a single reply.",
        "It is like talking to a wall.",
        "I was left on read.",
    ),
    "misunderstanding": (
        "При чём тут доставка?",
        "Вопрос был о другом.",
        "Спрашивала размер, а вы отвечаете про скидку.",
        "Вы не прочитали, что я написал.",
        "Прочитайте, пожалуйста, сообщение внимательно.",
        "Повторяю вопрос: когда откроется отдел?",
        "Разговор слепого с глухим.",
        "Ответ не по теме.",
        "This has nothing to do with my question.",
        "My question was about the size.",
        "You got me wrong.",
    ),
    "hidden_charge": (
        "Почему сняли 900 рублей?",
        "Списали 900 вместо 700.",
        "Взяли больше, чем стоило.",
        "На кассе одна цена, в чеке другая.",
        "Про доплату никто не сказал.",
        "Откуда взялась эта сумма?",
        "Я не подключала эту подписку.",
        "Верните разницу.",
        "The total was higher than the price on the site.",
        "They sneaked an insurance into the bill.",
        "Refund me the difference.",
    ),
    "inflexibility": (
        "Навстречу не пошли.",
        "Развели руками, и всё.",
        "В положение не вошли.",
        "Мне ответили «не положено».",
        "They told me their hands are tied.",
    ),
    "rudeness": (
        "Администратор сорвалась на крик.",
        "Слова не дали вставить.",
        "Смотрела так, будто я ей должна.",
        "The clerk rolled her eyes.",
        "She spoke to me like I was an idiot.",
    ),
    "slow_reply": (
        "Двое суток на простой вопрос.",
        "Почему так долго?",
        "Ответили только сегодня.",
        "Why is it so slow?",
    ),
    "formal_script": ("Ответили как под копирку.", "Сухой дежурный ответ.", "Прислали заготовку.", "I got a stock reply."),
    "broken_promise": (
        "Должны были привезти вчера.",
        "Слово не держат.",
        "Привезли на день позже обещанного.",
        "It was due last Monday.",
        "Сказали, что перезвонят, но тишина.",
    ),
    "checkout_obstacle": (
        "Ошибка при оплате.",
        "Карта отклонена.",
        "The checkout page is stuck.",
        "Заказ не оформляется.",
        "Пыталась оплатить пять раз, безуспешно.",
    ),
}
NOT_SAID = (
    ("no_reply", "После звонка проблем нет."),
    ("no_reply", "Ответили сразу, молодцы."),
    ("misunderstanding", "Спросила размер, а мне сразу помогли."),
    ("misunderstanding", "I asked about the parcel and it came at once."),
    ("hidden_charge", "Списали бонусы, всё верно."),
    ("hidden_charge", "The repair took over two weeks."),
    ("inflexibility", "Поменяли без единого «не положено»."),
    ("inflexibility", "Ни разу не услышала «не положено»."),
    ("inflexibility", "Решили вопрос, никаких «не положено»."),
    ("inflexibility", "I never heard “against our policy”."),
    ("checkout_obstacle", "Пытаюсь войти в личный кабинет, подскажите как."),
    ("inflexibility", "Обменяли товар без лишних вопросов."),
    ("inflexibility", "Поменяли без проблем."),
    ("inflexibility", "Пошли навстречу без лишних слов."),
    ("checkout_obstacle", "Приложение без сбоев работает."),
    ("inflexibility", "Нельзя ли поменять размер?"),
    ("inflexibility", "Вежливы все без исключения."),
    ("inflexibility", "What is your return policy?"),
    ("slow_reply", "Сколько ждать посылку?"),
    ("slow_reply", "How many days does delivery take?"),
    ("formal_script", "Ждал отписку, а ответил живой человек."),
    ("formal_script", "I got my answer without a single canned phrase."),
    ("slow_reply", "Долго ждать не пришлось."),
    ("slow_reply", "Ждать пришлось недолго."),
    ("slow_reply", "Служит долго, я довольна покупкой."),
    ("slow_reply", "Хорошо, жду."),
    ("slow_reply", "Жду посылку вторую неделю."),
    ("unresolved_problem", "До сих пор не работает сайт."),
    ("rudeness", "Вежливы, ни разу не нагрубили."),
    ("wrong_information", "Обещали привезти завтра, а привезли через неделю."),
    ("unresolved_problem", "Когда мои родители открыли счёт, всё было иначе."),
)


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in SAID.items() for text in texts])
def test_a_way_of_saying_an_error_is_heard(code: str, text: str) -> None:
    assert code in read(text).codes


@pytest.mark.parametrize(("code", "text"), NOT_SAID)
def test_what_only_reads_like_an_error_is_none(code: str, text: str) -> None:
    assert code not in read(text).codes


@pytest.mark.parametrize(
    ("text", "polarity", "codes"),
    [
        ("Долго.", "negative", ("slow_reply",)),
        ("Не долго.", None, ()),
        ("Так себе", "negative", ()),
        ("Норм", "positive", ()),
        ("Ладно", None, ()),
    ],
)
def test_one_word_may_be_the_whole_answer(text: str, polarity: str | None, codes: tuple[str, ...]) -> None:
    reading = read(text)
    assert (reading.polarity, reading.codes) == (polarity, codes)


def test_waiting_for_an_answer_is_not_fear_of_one() -> None:
    assert "no_reply" in read("Ждал ответа неделю, а мне никто не ответил.").codes
