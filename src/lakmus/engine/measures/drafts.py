"""Drafts of what to write: plain, about what happened, with no discount where an apology is owed."""

from __future__ import annotations

from lakmus.history.wording import Wording

_BODIES: dict[str, Wording] = {
    "broken_promise": Wording(
        "Заказ{about} приехал не тогда, когда мы обещали. Это наша вина, извините, пожалуйста. Скажите, всё ли в порядке с заказом и "
        "чем мы можем помочь?",
        "Your order{about} did not arrive when we promised. That is our fault, and we are sorry. Is all well with it, and what can "
        "we put right?",
    ),
    "slow_reply": Wording(
        "Вы долго ждали нашего ответа. Так быть не должно, извините, пожалуйста. Решился ли ваш вопрос, или что-то осталось?",
        "You waited too long for our reply. That should not happen, and we are sorry. Is your question settled, or is something left?",
    ),
    "no_reply": Wording(
        "Вы написали нам и не получили ответа. Это наша ошибка, извините, пожалуйста. Я прочитал ваше сообщение и хочу ответить на "
        "него сам: подскажите, "
        "вопрос ещё актуален?",
        "You wrote to us and got no answer. That is our mistake, and we are sorry. I have read your message and want to answer it myself: "
        "is the question still open?",
    ),
    "unresolved_problem": Wording(
        "Вам пришлось обратиться к нам по одному вопросу не один раз. Извините, пожалуйста. Я веду его дальше сам и скажу вам, когда "
        "он будет решён. "
        "Расскажите, что осталось не так?",
        "You had to contact us about one matter more than once. We are sorry. I now take care of it myself and will tell you when it "
        "is solved. "
        "What is still wrong?",
    ),
    "no_aftersales": Wording(
        "Вы недавно получили заказ{about}. Хочу узнать, всё ли подошло и нет ли вопросов.",
        "You received your order{about} lately. I would like to know whether all is well and whether you have questions.",
    ),
}
_OTHERWISE = Wording(
    "Вас давно не было у нас. Хочу спросить прямо: всё ли было в порядке в прошлый раз, и можем ли мы что-то исправить?",
    "We have not seen you for a while. May I ask plainly: was all well last time, and is there something we can put right?",
)
_GREETING = Wording("Здравствуйте{name}! ", "Hello{name}! ")


def draft(code: str | None, *, name: str | None, order: str | None) -> Wording:
    """Return what to write about an error (or about a silence, `code` None), addressed by name where it is known."""
    greeting = _GREETING.filled(name=f", {name}" if name else "")
    body = _BODIES.get(code or "", _OTHERWISE)
    about = Wording(f" № {order}", f" no. {order}") if order else Wording("", "")
    return Wording(greeting.ru + body.ru.format(about=about.ru), greeting.en + body.en.format(about=about.en))
