"""The kinds of service error and the other reasons for leaving, with the articles' figures of loss.

`article_share` is what the articles say ("65 % of customers leave because of it"): a prior to be replaced by the
company's own data, and shown as such.
"""

from __future__ import annotations

from dataclasses import dataclass

from lakmus.history.wording import Wording


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """One kind of service error; `step` is what a person does about it, `step_code` its name for programs."""

    code: str
    title: Wording
    article_share: float | None
    happened: Wording
    step_code: str
    step: Wording


def _code(
    code: str, ru: str, en: str, share: float | None, happened: tuple[str, str], step_code: str, step: tuple[str, str]
) -> tuple[str, ErrorCode]:
    return code, ErrorCode(code, Wording(ru, en), share, Wording(*happened), step_code, Wording(*step))


_APOLOGISE = ("Позвонить и извиниться", "Call and apologise")
_CORRECT = ("Исправить и извиниться", "Put it right and apologise")
_ANSWER = ("Ответить по существу", "Answer the question itself")

ERROR_CODES: dict[str, ErrorCode] = dict(
    [
        _code("slow_reply", "долгое ожидание ответа", "long wait for a reply", 0.65,
              ("долго ждал ответа", "waited long for a reply"), "apologise", _APOLOGISE),
        _code("no_reply", "обращение или отзыв без ответа", "case or review without an answer", None,
              ("не получил ответа", "got no answer"), "answer", _ANSWER),
        _code("unresolved_problem", "проблема не решена", "problem not solved", 0.68,
              ("проблема не решена", "problem not solved"), "solve",
              ("Решить вопрос до конца и сказать об этом", "Solve it for good and say so")),
        _code("wrong_information", "ошибочная или неполная информация", "wrong or incomplete information", 0.60,
              ("получил неверные сведения", "was told something wrong"), "correct", ("Исправить и объяснить", "Correct it and explain")),
        _code("indifference", "безразличие", "indifference", 0.72,
              ("ответили безразлично", "was answered with indifference"), "apologise", _APOLOGISE),
        _code("rudeness", "грубость", "rudeness", None,
              ("нагрубили", "was treated rudely"), "apologise", _APOLOGISE),
        _code("formal_script", "слишком формальное общение", "scripted, officious replies", 0.58,
              ("ответили отпиской", "got a scripted reply"), "answer", _ANSWER),
        _code("misunderstanding", "не поняли вопрос", "question misunderstood", None,
              ("не поняли вопрос", "was misunderstood"), "answer", _ANSWER),
        _code("inflexibility", "отсутствие гибкости", "inflexibility", None,
              ("отказали без замены", "was refused without an alternative"), "offer", ("Предложить другой выход", "Offer another way")),
        _code("inattention", "невнимание к деталям", "inattention to details", 0.63,
              ("перепутали детали", "details were mixed up"), "correct", _CORRECT),
        _code("automatic_message_error", "ошибка в автоматическом сообщении", "error in an automatic message", None,
              ("пришло неверное сообщение", "got a wrong automatic message"), "correct", _CORRECT),
        _code("no_aftersales", "нет послепродажного сопровождения", "no after-sales care", 0.55,
              ("после покупки никто не связался", "nobody got in touch after the purchase"),
              "follow_up", ("Узнать, всё ли в порядке с покупкой", "Ask whether all is well with the purchase")),
        _code("no_personal_approach", "нет персонального подхода", "no personal approach", None,
              ("общались не лично", "was treated impersonally"), "follow_up", ("Написать лично", "Write personally")),
        _code("broken_promise", "невыполненное обещание", "broken promise", None,
              ("обещание не выполнено", "a promise was broken"), "apologise", _APOLOGISE),
        _code("hidden_charge", "скрытые платежи", "hidden charges", None,
              ("списали больше обещанного", "was charged more than quoted"), "refund", ("Вернуть разницу", "Refund the difference")),
        _code("hard_to_reach", "не дозвониться, нет канала", "hard to reach", None,
              ("не смог дозвониться", "could not get through"), "call_back", ("Перезвонить", "Call back")),
        _code("checkout_obstacle", "препятствие в самообслуживании", "obstacle in self-service", None,
              ("не смог оформить заказ", "could not check out"), "assist", ("Помочь оформить заказ", "Help to place the order")),
        _code("untrained_staff", "неподготовленность сотрудников", "untrained staff", None,
              ("сотрудник не знал ответа", "staff did not know the answer"), "answer", _ANSWER),
    ]
)  # fmt: skip
"""All eighteen, in the order in which people read them."""

OTHER_REASONS: dict[str, Wording] = {
    "price": Wording("цена", "price"),
    "competitor_offer": Wording("предложение конкурента", "a competitor's offer"),
    "missing_product": Wording("нет нужного товара", "product missing"),
    "product_quality": Wording("качество товара", "product quality"),
    "no_option": Wording("нет удобного времени, места, доставки или оплаты", "no fitting time, place, delivery or payment"),
    "no_need": Wording("больше не нужно", "no longer needed"),
    "moved": Wording("переезд", "moved away"),
    "unknown": Wording("причина неизвестна", "unknown"),
}
"""Reasons for leaving that are no service error; `unknown` keeps its honest share."""
