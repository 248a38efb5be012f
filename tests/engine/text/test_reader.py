"""One text read: codes with the words that led to them, negation, polarity, and texts that are hardly texts."""

from __future__ import annotations

import subprocess
import sys
import time

import polars as pl
import pytest

from lakmus.engine.errors.catalogue import ERROR_CODES, OTHER_REASONS
from lakmus.engine.text.notation import entries_of
from lakmus.engine.text.reader import AWAITED, DRAWBACKS, ENTRIES, HALVES, OTHER_CODES, read
from lakmus.engine.text.sides import service_displeasure
from lakmus.engine.text.table import SCHEMA, read_column

EXAMPLES = {
    "slow_reply": ("Ждала ответа целую неделю", "I have been waiting for an answer for two weeks"),
    "no_reply": ("На письмо так никто и не ответил", "Nobody replied to my email"),
    "unresolved_problem": ("Пишу уже третий раз, проблему так и не решили", "The issue is still not resolved"),
    "wrong_information": ("Меня ввели в заблуждение", "I was given wrong information by the agent"),
    "indifference": ("Всем наплевать на клиента", "They simply do not care"),
    "rudeness": ("Оператор нахамил мне", "The waiter was rude"),
    "formal_script": ("Прислали шаблонную отписку", "All I get is a canned answer"),
    "misunderstanding": ("Вы не поняли мой вопрос", "They did not understand my question"),
    "inflexibility": ("Говорят: не положено", "They refused to exchange it"),
    "inattention": ("Привезли не тот размер", "You sent the wrong item"),
    "automatic_message_error": ("Пришло чужое смс, ошибочное уведомление", "I received the wrong notification"),
    "no_aftersales": ("После покупки про меня забыли и никому не нужен", "After the sale there was no follow up"),
    "no_personal_approach": ("Нет индивидуального подхода", "There is no personal approach"),
    "broken_promise": ("Обещали перезвонить, но тишина", "They promised to call but never did"),
    "hidden_charge": ("Списали лишние деньги без предупреждения", "There was a hidden fee on my bill"),
    "hard_to_reach": ("До вас невозможно дозвониться", "It is impossible to reach you by phone"),
    "checkout_obstacle": ("Сайт не работает, корзина зависает", "Your website does not work"),
    "untrained_staff": ("Продавцы некомпетентные, ничего не знают", "The staff have no idea what they sell"),
    "price": ("Цены завышены", "It is far too expensive"),
    "competitor_offer": ("У конкурентов дешевле", "It is cheaper elsewhere"),
    "missing_product": ("Нужного размера нет в наличии", "The item is out of stock"),
    "product_quality": ("Товар оказался бракованный", "The phone arrived broken"),
    "no_option": ("Нет самовывоза", "You do not deliver to my area"),
    "no_need": ("Больше не нужно", "I no longer need it"),
    "moved": ("Мы переехали", "We moved to another city"),
    "poor_service": ("Обслуживание ужасное", "Terrible service"),
    "praise": ("Спасибо вежливым сотрудникам", "The staff were very friendly"),
    "leaving": ("Больше никогда к вам не приду", "I am leaving for good"),
    "complaint": ("Это безобразие!", "This is outrageous"),
    "thanks": ("Спасибо!", "Thank you!"),
}


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, pair in EXAMPLES.items() for text in pair])
def test_each_code_is_found_in_both_languages(code: str, text: str) -> None:
    reading = read(text)
    assert code in reading.codes
    assert reading.language == ("ru" if text == EXAMPLES[code][0] else "en")


def test_every_code_of_the_product_has_an_example_and_the_lexicon_knows_no_other() -> None:
    told = {*ERROR_CODES, *OTHER_REASONS, *OTHER_CODES} - {"unknown"}
    assert set(EXAMPLES) == told
    written = {code for name in (*ENTRIES, DRAWBACKS) if name != "feelings" for code in entries_of(name)}
    assert written <= {*told, AWAITED, *HALVES}


def test_a_wait_beside_a_broken_promise_is_for_what_was_promised() -> None:
    assert read("Сколько ещё ждать?").codes == ("slow_reply",)
    assert read("Посылка опаздывает. Сколько ещё ждать?").codes == ("broken_promise",)
    assert "slow_reply" in read("На письмо три дня жду ответа, обещали ответить в среду.").codes


def test_the_words_that_led_to_a_code_stand_in_their_place() -> None:
    text = "Добрый день! Вчера оператор нахамил мне, а заказ перепутали."
    said = {one.code: text[one.start : one.end] for one in read(text).sayings}
    assert said["rudeness"] == "нахамил"
    assert said["inattention"] == "перепутали"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Жду ответа третий раз, ужас", "slow_reply"),
        ("Сколько можно ждать", "slow_reply"),
        ("Уже вторую неделю жду посылку", "broken_promise"),
        ("Still waiting for a reply", "slow_reply"),
        ("Ваше обращение принято, и тишина", "no_reply"),
        ("Ответьте уже кто-нибудь", "no_reply"),
        ("No reply since Monday", "no_reply"),
        ("Когда вернут деньги?", "unresolved_problem"),
        ("I want my money back", "unresolved_problem"),
        ("Не дозвониться до вас", "hard_to_reach"),
        ("No one picks up", "hard_to_reach"),
        ("Пришёл другой размер", "inattention"),
        ("Вместо синего прислали красный", "inattention"),
        ("Отказали в возврате", "inflexibility"),
        ("They refused to take it back", "inflexibility"),
        ("Отвечают одно и то же", "formal_script"),
        ("They keep saying the same thing", "formal_script"),
        ("Я не об этом спрашивал", "misunderstanding"),
        ("I asked something else", "misunderstanding"),
        ("Обещали перезвонить вчера", "broken_promise"),
        ("You promised to call me yesterday", "broken_promise"),
        ("Списали больше, чем было на сайте", "hidden_charge"),
        ("Не могу оплатить", "checkout_obstacle"),
        ("I can't check out", "checkout_obstacle"),
        ("Оператор ничего не знает", "untrained_staff"),
        ("Nobody knows anything", "untrained_staff"),
        ("Всем одно и то же предлагаете", "no_personal_approach"),
    ],
)
def test_plain_short_complaints_have_their_code(text: str, code: str) -> None:
    assert code in read(text).codes


@pytest.mark.parametrize(
    "text",
    [
        "Ждали 5 минут",
        "Второй раз у вас заказываю, всё супер",
        "Всё отлично, спасибо, жду ответа",
        "Долгое и приятное сотрудничество",
        "Пошли в магазин",
        "Waited 5 minutes",
        "Не сомневаясь ответил да",
    ],
)
def test_what_only_looks_like_a_complaint_has_no_code_of_an_error(text: str) -> None:
    assert not set(read(text).codes) & set(ERROR_CODES)


def test_a_mild_word_in_a_text_of_praise_is_no_displeasure_with_the_service() -> None:
    mild = "Обслуживание отличное, вежливый персонал, быстро принесли, спасибо! Правда, ждали долго"
    assert "slow_reply" in read(mild).codes
    assert service_displeasure(read(mild)) < 0.5 < service_displeasure(read("Ждали заказ долго, официант нахамил"))
    assert service_displeasure(read("Вкусная пицца")) == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Никто не хамил, всё спокойно", "rudeness"),
        ("Не было никакого хамства", "rudeness"),
        ("Нас не заставили долго ждать", "slow_reply"),
        ("Ничего не перепутали", "inattention"),
        ("Обслуживание не плохое", "poor_service"),
        ("The staff were not rude at all", "rudeness"),
        ("It was never too expensive", "price"),
    ],
)
def test_what_is_denied_is_not_read_as_said(text: str, code: str) -> None:
    assert code not in read(text).codes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Не только нахамили, но и обманули", "rudeness"),
        ("Не вежливо, грубо ответили", "rudeness"),
        ("Не один раз просил, нахамили", "rudeness"),
    ],
)
def test_a_negation_of_something_else_takes_nothing_back(text: str, code: str) -> None:
    assert code in read(text).codes


@pytest.mark.parametrize(
    ("text", "polarity"),
    [
        ("Отлично, всё понравилось, рекомендую", "positive"),
        ("Ужасно, больше не приду, деньги на ветер", "negative"),
        ("Excellent, I love it", "positive"),
        ("Awful. A complete waste of money.", "negative"),
        ("👍👍👍", "positive"),
        ("😡", "negative"),
        ("Не понравилось", "negative"),
        ("Заказ 12345", None),
    ],
)
def test_feeling_words_decide_the_polarity_and_none_leaves_it_open(text: str, polarity: str | None) -> None:
    reading = read(text)
    assert reading.polarity == polarity
    assert (reading.confidence is None) == (polarity is None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "я",
        "ы" * 200_000,
        "не ждал час " * 17_000,
        "<" * 200_000,
        "> цитата\n" * 20_000,
        "а-" * 100_000,
        "не " * 66_000,
        "1.2.3:4," * 25_000,
        "🙂😡" * 50_000,
        "http://" + "a" * 200_000,
        "\n" * 200_000,
        "\x00\ufffd\u202e\ud7ff",
        "İSTANBUL ﬁne ẞ " * 3,
        "обслу\u00adживание ужас-\nное",
        "<html><body><script>var a = 'хамство'</script><p>Всё <b>хорошо</b></p></body></html>",
        "cпacибo, вcё xopoшo",
        "这家店很好 مرحبا שלום",
    ],
    ids=lambda text: f"{len(text)} signs",
)
def test_whatever_comes_as_a_text_is_read_in_bounded_time(text: str) -> None:
    read("слово")  # the lexicon is compiled once
    began = time.process_time()
    reading = read(text)
    assert time.process_time() - began < 2
    assert all(0 <= one.start < one.end <= len(text) for one in reading.sayings)


def test_what_is_pasted_from_pdf_or_typed_in_two_scripts_is_read_as_it_was_meant() -> None:
    assert "poor_service" in read("Обслу\u00adживание ужас-\nное").codes
    assert "rudeness" in read("Официант наxамил").codes  # a Latin x
    decomposed = "Никакои\u0306 реакции: долгии\u0306 ответ, ждал неделю"
    assert "slow_reply" in read(decomposed).codes


def test_markup_quotes_and_signatures_are_not_the_writers_words() -> None:
    assert read("<script>хамство</script> Добрый день").codes == ()
    assert read("Всё хорошо\n> вы мне нахамили").codes == ()
    assert read("Вопрос решён\n\n-- \nс уважением, ООО «Хамство и Ко»").codes == ()
    assert read("I agree\n\nOn Mon, 3 March 2025, Anna wrote:\nthe staff were rude").codes == ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Это письмо сформировано автоматически, не отвечайте на него. Ваш заказ задержан", "automatic"),
        ("I am out of office until Monday, slow reply", "automatic"),
        ("Лучшее казино, ставки на спорт, плохие отзывы", "spam"),
        ("  \n ", "empty"),
        ("Где мой заказ?", "own"),
    ],
)
def test_automatic_replies_and_spam_are_set_aside(text: str, kind: str) -> None:
    reading = read(text)
    assert reading.kind == kind
    assert kind == "own" or (reading.codes == () and reading.polarity is None)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Где мой заказ?", "ru"),
        ("Where is my order?", "en"),
        ("Produto chegou antes do prazo, recomendo a loja", "other"),
        ("Де моє замовлення, їхній сервіс", "other"),
        ("Заказ не пришёл. Where is my order please, why no answer?", "mixed"),
        ("12345", None),
    ],
)
def test_the_two_languages_are_told_from_others(text: str, language: str | None) -> None:
    assert read(text).language == language


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Пишу уже третий раз", 3),
        ("звоню 5-й раз", 5),
        ("обращалась дважды", 2),
        ("this is the fourth time", 4),
        ("I called three times", 3),
        ("в первый раз у вас", 0),
        ("дороже в 2 раза", 0),
        ("Разное", 0),
    ],
)
def test_attempts_are_counted(text: str, count: int) -> None:
    assert read(text).attempts == count


def test_questions_and_cries_for_help_are_told() -> None:
    assert read("Где заказ? Когда привезут. Я жду.").questions == 2
    assert read("Больше никогда!").cries_for_help
    assert not read("Больше, чем обычно").cries_for_help


def test_a_column_is_read_as_each_text_is() -> None:
    texts = pl.Series(["Плохое обслуживание", None, "Спасибо!", "Плохое обслуживание", ""])
    table = read_column(texts)
    assert dict(table.schema) == {name: pl.Schema({name: kind})[name] for name, kind in SCHEMA.items()}
    assert table["codes"].to_list() == [["poor_service"], [], ["thanks"], ["poor_service"], []]
    assert table["sayings"][0].to_list() == [{"code": "poor_service", "start": 0, "end": 19}]
    assert table["polarity"].to_list() == [read(text or "").polarity for text in texts]
    assert read_column(texts.clear()).height == 0


@pytest.mark.slow
def test_loading_the_engine_loads_no_dictionary() -> None:
    code = "import sys, lakmus.engine.pipeline; sys.exit(bool({'pymorphy3', 'Stemmer', 'scipy.stats'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("text", "indifferent"),
    [("Размер не подошёл, вернул", False), ("Ваш товар не подошёл", False), ("Нам не подошёл цвет", False),
     ("Товар не подошёл, банк вернул деньги", False),
     ("К нам минут десять не подходили", True), ("Официант так и не подошёл к нам", True), ("Продавец не подошла ни разу", True)],
)  # fmt: skip
def test_goods_that_do_not_fit_are_no_indifference_of_people(text: str, *, indifferent: bool) -> None:
    assert ("indifference" in read(text).codes) == indifferent


@pytest.mark.parametrize("text", ["You can refund the money", "Pros and con", "Tudo certo com o pedido, con nota"])
def test_little_words_are_no_code(text: str) -> None:
    assert not {"formal_script", "hidden_charge"} & set(read(text).codes)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("На ка\u0301ссе нахами\u0301ли", ("rudeness",)),
        ("Дол\u200bго жд\u200dал от\ufeffвета", ("slow_reply",)),
        ("\u202eНикто не ответил\u202c", ("no_reply",)),
    ],
)
def test_marks_of_stress_and_unseen_signs_hide_no_word(text: str, codes: tuple[str, ...]) -> None:
    assert read(text).codes == codes


@pytest.mark.parametrize("text", ["² раза", "½ часа ждал", "٣", "㊿", "завтра\U000175ef", "я\U00018000", "не мог не", "9" * 5000])
def test_strange_digits_and_letters_are_read(text: str) -> None:
    assert read(text).kind == "own"
