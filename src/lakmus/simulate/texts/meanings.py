"""What the customers' phrases say, by the definitions of the service errors: the truth that `truth.json` tells of every text."""

from __future__ import annotations

import polars as pl

from lakmus.simulate.texts.conduct_words import INSULTED, NOT_ASKED
from lakmus.simulate.texts.review_words import LATE

# fmt: off
_PHRASES: dict[str, tuple[str, ...]] = {
    "broken_promise": (
        "Заказ должны были привезти вчера", "Срок доставки прошёл", "Обещали доставить, но посылки нет", "Заказ опаздывает",
        "Курьер так и не приехал", "Мне обещали другой срок", "Сроки не соблюдаете", "В прошлый раз обещали разобраться",
        *(phrase for phrases, _ in LATE.values() for phrase in phrases),
    ),
    "slow_reply": (
        "Поддержка отвечает медленно", "Ответ пришёл слишком поздно", "Ответа ждал", "Ответ летит голубиной почтой",
        "Оператора не дождаться", "Жду ответа, как соловей лета", "слишком долго", "Долго.", "Сколько ждать ответа",
    ),
    "no_reply": (
        "Пишу в поддержку – молчат", "Реакции нет", "Поддержка хранит молчание", "Оператор, ау", "В чате тихо", "Поддержка не отвечает",
        "Ответа не было", "Почему молчите", "Кто-нибудь ответит", "есть кто живой",
    ),
    "unresolved_problem": (
        "Вопрос так и не решён", "Пришлось объяснять одно и то же дважды", "Закрыли обращение, ничего не сделав",
        "Обращение закрыли без решения", "результата не дало", "Вопрос остался открытым", "Пришлось обращаться повторно",
        "Проблема не решена", "Вопрос живёт своей жизнью", "Зато обращение закрыли мгновенно", "решение ищут в архивах",
        "Третий раз рассказываю ту же историю", "Вопрос не решили", "Никто не помог", "Вопрос не решён", "Обращаюсь второй раз",
        "Снова пишу вам", "Вопрос опять возник", "ничего не изменилось", "Повторяю обращение", "Ваш ответ не помог",
        "Всё осталось как было", "не помогло", "Обращение закрыли, а толку нет",
    ),
    "indifference": ("всем всё равно", "никто не отвечает по-человечески"),
    "formal_script": ("Поддержка отписывается", "Отписки", "Отвечает бот, людей нет", "Наш разговор с ботом"),
    "misunderstanding": ("Ответ получен не по существу", *NOT_ASKED[0]),
    "rudeness": INSULTED[1],
    "inattention": ("Пришло не то, что заказывал", "Не хватает деталей", "Комплектация неполная"),
    "checkout_obstacle": ("Не проходит оплата картой", "Деньги списались, а заказ не оплачен", "Промокод не сработал"),
    "hidden_charge": ("Сумма не сходится",),
}
# fmt: on
_CODES = {phrase.partition("{")[0].strip(".!? "): code for code, phrases in _PHRASES.items() for phrase in phrases}


def codes_of(texts: pl.Series) -> pl.Series:
    """Return the codes (list, ascending) that each text was made to say; texts as composed, before hasty fingers touched them."""
    found = texts.fill_null("").str.extract_many(list(_CODES), overlapping=True)
    told = found.list.eval(pl.element().replace_strict(_CODES, return_dtype=pl.String).unique().sort())
    return told.alias("codes")
