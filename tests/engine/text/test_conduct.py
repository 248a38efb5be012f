"""What a reply of staff does, by ways of saying made up at the desk; good replies that hold the same words stand beside."""

from __future__ import annotations

import pytest

from lakmus.engine.text.conduct import deeds_in
from lakmus.engine.text.staff_tone import tone_of

DONE = {
    "rude": (
        "Раньше надо было думать.",
        "Вас никто не заставлял покупать.",
        "Мы вам не справочная.",
        "Никто больше не жаловался, только вы.",
        "Не надо устраивать истерику.",
        "Пеняйте на себя.",
        "Nobody forced you to buy it.",
        "You should have read the description.",
        "You are not the only customer.",
    ),
    "refusal": (
        "Вернуть деньги не можем.",
        "Срок возврата истёк.",
        "Правила одинаковые для всех.",
        "Система не позволяет изменить адрес.",
        "Других вариантов нет.",
        "Обменять нельзя, упаковка вскрыта.",
        "No refunds.",
        "The return window has closed.",
        "We won't be able to change that.",
    ),
    "does_not_know": (
        "Откуда мне знать?",
        "Информацией не владею.",
        "Нам об этом не сообщали.",
        "Спросите у кого-нибудь другого.",
        "Вроде бы должны привезти.",
        "I'm new here.",
        "Hard to say.",
    ),
}
GOOD = (
    "Если не получится, напишите нам, подберём другой день.",
    "Если вы не знаете номер, посмотрите в письме.",
    "Вы не одни, с этим столкнулись многие, уже чиним.",
    "Пожалуйста, не переживайте, всё исправим.",
    "Обменять можно в любом магазине.",
    "Передние тормоза отправили вчера.",
    "Не нашли ваш заказ по номеру, пришлите, пожалуйста, почту.",
    "Благодарим за обращение! Простите за доставленные неудобства, деньги вернули.",
    "Прошу прощения, это наша вина: перепутали размер.",
    "Of course, you can return it within 30 days.",
    "If it doesn't fit, you can send it back.",
    "Thank you for contacting us! Your order has shipped and arrives on Friday.",
)
OFFICIALESE = (
    "В соответствии с действующим законодательством возврат осуществляется в течение 10 рабочих дней.",
    "По результатам рассмотрения вашей заявки сообщаем следующее: нарушений не выявлено.",
    "Ваше мнение очень важно для нас. Приносим извинения за доставленные неудобства. Надеемся на понимание.",
    "Your request has been registered and forwarded to the relevant department.",
)


@pytest.mark.parametrize(("deed", "text"), [(deed, text) for deed, texts in DONE.items() for text in texts])
def test_a_deed_of_staff_is_heard(deed: str, text: str) -> None:
    assert deed in deeds_in(text)


@pytest.mark.parametrize("text", GOOD)
def test_a_good_reply_is_found_no_fault_with(text: str) -> None:
    assert not {"rude", "refusal", "does_not_know"} & deeds_in(text).keys()
    assert tone_of(text).officialese < 2


@pytest.mark.parametrize("text", OFFICIALESE)
def test_officialese_and_templates_are_heard(text: str) -> None:
    assert tone_of(text).officialese >= 2
