"""Promises in messages to customers («перезвоним до 18:00», "we will refund you within 3 days") and the moment they run out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from lakmus.engine.text.deadlines import deadline_of, on_weekdays

_ACTIONS: dict[str, tuple[str, str]] = {
    "call": (
        r"(?:пере|по|об|ото)звон(?:им|ю|ит|ят)|созвонимся|отзвон(?:имся|юсь|ится|ятся)|набер(?:у|ем|ет|ут)|"
        r"(?:ждите|ожидайте|поступит|будет|состоится|сделаем) (?:\w+ ){0,3}?(?:звон(?:ка|ок)|созвон)|"
        r"звонок (?:\w+ ){0,2}?(?:поступит|будет)|(?:обещ|обязу|гарантиру)\w+ (?:\w+ ){0,2}?(?:пере|по)звонить|"
        r"(?:попрошу|прошу|поручу|скажу) (?:\w+ ){0,3}?(?:пере|по)звонить",
        r"call(?:ed)?(?: you)?(?: back)?|phone you|ring you|give you (?:a |another )?(?:call|ring)",
    ),
    "reply": (
        r"ответ(?:им|ит|ят)|отвечу|напиш(?:ем|у|ет|ут)|отпиш(?:емся|усь|утся)|свяж(?:емся|усь|ется|утся)|"
        r"сообщ(?:им|у|ит|ат)|уточн(?:им|ю|ит|ят)|дад(?:им|ут)|дам|даст|верн(?:емся|усь)|"
        r"верн(?:ется|утся) (?:к вам|с (?:ответ|информац|решени|новост|обратн))|(?:про)?информиру(?:ем|ю|ет|ют)|"
        r"уведом(?:им|лю|ит|ят)|оповест(?:им|ит|ят)|оповещу|расскаж(?:ем|у|ет|ут)|подскаж(?:ем|у|ет|ут)|"
        r"проконсультиру(?:ем|ю|ет|ют)|(?:пришл|вышл|направ|предостав)\w* (?:\w+ ){0,2}?ответ|"
        r"(?:ждите|ожидайте|поступит|придет|будет|получите|предоставим|подготовим) (?:\w+ ){0,3}?"
        r"(?:ответ|письмо|сообщение|обратн\w+ связ)\w*|"
        r"(?:ответ|решение|результат|информация|обратная связь) (?:\w+ ){0,3}?(?:будет|придет|поступит|появится|направим|сообщим)|"
        r"срок (?:ответа|рассмотрения)|(?:обещ|обязу|гарантиру)\w+ (?:\w+ ){0,2}?(?:ответить|написать|связаться|сообщить|вернуться)|"
        r"(?:попрошу|прошу|поручу) (?:\w+ ){0,3}?(?:связаться|написать|ответить)",
        r"reply|replied|answer(?:ed)?|respond|contact(?:ed)?|get back|come back to|revert|write|let you know|inform(?:ed)?|"
        r"hear (?:from|back)|update you|be in touch|reach out|follow up|drop you|notify|notified",
    ),
    "refund": (
        r"верн(?:ем|у|ет|ут|ется|утся)|возврат(?:им|ят)|буд(?:ет|ут) (?:\w+ ){0,2}?возвращен\w*|возмест(?:им|ят)|зачисл(?:им|ят)|"
        r"буд(?:ет|ут) (?:\w+ ){0,2}?зачислен\w*|начисл(?:им|ят)|буд(?:ет|ут) (?:\w+ ){0,2}?начислен\w*|компенсиру(?:ем|ют)|"
        r"перевед(?:ем|ут)|перечисл(?:им|ят)|(?:деньги|средства|сумма|баллы|выплата) (?:\w+ ){0,4}?(?:прид|поступ|буд|верн)\w+|"
        r"(?:прид|поступ|верн)(?:ет|ут|ит|ят|утся|ется) (?:\w+ ){0,3}?(?:деньги|средства|сумма|баллы|выплата)|"
        r"(?:возврат|зачисление|компенсаци\w+) (?:\w+ ){0,3}?(?:будет|придет|займет|составит|произойдет|оформим|сделаем|проведем)|"
        r"(?:обещ|обязу|гарантиру)\w+ (?:\w+ ){0,2}?(?:вернуть|возместить|компенсировать)",
        r"refund(?:ed)?|credit(?:ed)?|reimburse(?:d)?|compensate|pay (?:you )?back|return your money|back (?:in|on|to) your",
    ),
    "deliver": (
        r"достав(?:им|ит|ят|лю)|буд(?:ет|ут) (?:\w+ ){0,2}?доставлен\w*|привез(?:ем|ет|ут|у)|(?:при|подъ)ед(?:ем|ет|ут|у)|"
        r"прибуд(?:ет|ут)|получите|прид(?:ет|ут)|занес(?:ем|ет|ут)|"
        r"(?:заказ|посылка|товар|курьер|отправление) (?:\w+ ){0,3}?(?:будет (?:у вас|на пункте|в пункте|в магазине|ждать)|поступит)|"
        r"будет у вас|"
        r"(?:доставка|вручение|визит курьера) (?:\w+ ){0,3}?(?:будет|состоится|запланирован\w*|назначен\w*|перенесен\w*|займет|составит)|"
        r"сможете (?:\w+ ){0,2}?(?:забрать|получить)|(?:обещ|обязу|гарантиру)\w+ (?:\w+ ){0,2}?(?:доставить|привезти)",
        r"deliver(?:ed)?|arrive|bring|brought|receive|come to you|be with you|have (?:it|your (?:order|parcel|package))|reach you|"
        r"get (?:it|your (?:order|parcel|package))",
    ),
    "send": (
        r"выш(?:лем|лю|лет|лют)|отправ(?:им|лю|ит|ят)|буд(?:ет|ут) (?:\w+ ){0,2}?отправлен\w*|пришл(?:ем|ю|ет|ют)|передад(?:им|ут)|"
        r"отгруз(?:им|ят)|буд(?:ет|ут) (?:\w+ ){0,2}?отгружен\w*|направ(?:им|лю|ит|ят)|буд(?:ет|ут) (?:\w+ ){0,2}?направлен\w*|"
        r"(?:перешл|дошл)(?:ем|ю|ет|ют)|(?:отправка|отгрузка) (?:\w+ ){0,3}?(?:будет|состоится|запланирован\w*|назначена)|"
        r"(?:обещ|обязу|гарантиру)\w+ (?:\w+ ){0,2}?(?:отправить|выслать|прислать)",
        r"send|sent|ship(?:ped)?|dispatch(?:ed)?|despatch(?:ed)?|email you|mail(?:ed)?|forward(?:ed)?|post(?:ed)?",
    ),
    "solve": (
        r"реш(?:им|у|ит|ат)|буд(?:ет|ут) (?:\w+ ){0,2}?решен\w*|исправ(?:им|лю|ит|ят)|буд(?:ет|ут) (?:\w+ ){0,2}?исправлен\w*|"
        r"сдела(?:ем|ю|ет|ют)|провер(?:им|ю|ит|ят)|буд(?:ет|ут) (?:\w+ ){0,2}?проверен\w*|разбер(?:емся|усь|ется|утся|ем)|"
        r"устран(?:им|ят)|буд(?:ет|ут) (?:\w+ ){0,2}?устранен\w*|замен(?:им|ю|ит|ят)|подготов(?:им|лю|ит|ят)|"
        r"буд(?:ет|ут) (?:\w+ ){0,2}?подготовлен\w*|оформ(?:им|лю|ит|ят)|почин(?:им|ят)|отремонтиру(?:ем|ют)|"
        r"буд(?:ет|ут) (?:\w+ ){0,2}?готов\w?|рассмотр(?:им|ят)|забер(?:ем|ет|ут|у)|займ(?:емся|усь|ется|утся)|налад(?:им|ят)|"
        r"восстанов(?:им|ят)|заработает|закро(?:ем|ют)|урегулиру(?:ем|ют)|внес(?:ем|у|ут)|измен(?:им|ю|ят)|добав(?:им|лю|ят)|"
        r"отмен(?:им|ю|ят)|активиру(?:ем|ют)|обнов(?:им|лю|ят)|"
        r"буд(?:ет|ут) (?:\w+ ){0,2}?(?:сделан|выполнен|закрыт|заменен|обработан|рассмотрен|восстановлен)\w*|"
        r"(?:обещ|обязу|гарантиру)\w+ (?:\w+ ){0,2}?(?:решить|разобраться|исправить|сделать)",
        r"fix(?:ed)?|solve(?:d)?|resolve(?:d)?|replace(?:d)?|check(?:ed)?|sort(?:ed)?|look into|ready|correct(?:ed)?|"
        r"investigate(?:d)?|prepare(?:d)?|process(?:ed)?|complete(?:d)?|collect(?:ed)?|pick(?:ed)? (?:it |the \w+ )?up|"
        r"repair(?:ed)?|take care",
    ),
}
"""What is promised, in Russian and in English; of two in a sentence the one that stands first here counts."""

_RUSSIAN_PROMISE = {action: re.compile(rf"(?<![\w-])(?:{russian})(?![\w-])") for action, (russian, _) in _ACTIONS.items()}
_ENGLISH_PROMISE = {
    action: re.compile(
        r"(?:\b(?:we|i|he|she|they|you|it|\w+)(?:'ll| will| shall)|\bwill|\bgoing to|\bpromises? to|\byou (?:should|can expect to)|"
        r"\b(?:we|i) (?:aim|plan|commit|guarantee|undertake) to|\b(?:is|are) (?:due|scheduled|expected|set) to)"
        rf"(?: \w+){{0,4}}? (?:{english})\b"
    )
    for action, (_, english) in _ACTIONS.items()
}
_TAKES = r"takes?|is (?:due|scheduled|expected)"
_NOUNS = {
    "call": ("call", _TAKES, "calling"),
    "reply": ("reply|answer|response|email|update|feedback", _TAKES, "writing"),
    "refund": ("refund|credit|money", rf"will be \w+|{_TAKES}", "refunding"),
    "deliver": ("delivery|parcel|order|package|courier", _TAKES, "delivering"),
    "send": ("dispatch|shipment", _TAKES, "sending|shipping|dispatching"),
    "solve": ("solution|resolution|fix|replacement", _TAKES, "fixing|replacing"),
}
"""What is promised as a thing ("expect a call", "refunds take 5 days"), what is said of it, and what is under way ("sending it today")."""

_ENGLISH_NOUN_PROMISE = {
    action: re.compile(
        rf"\b(?:expect|await)(?: \w+){{0,3}}? (?:{nouns})\b|\b(?:{nouns})s?(?: \w+){{0,3}}? (?:{said})\b"
        rf"|\b(?:{doing}) (?:you|it|your|this)\b"
    )
    for action, (nouns, said, doing) in _NOUNS.items()
}
_NOT_PROMISED = re.compile(
    r"\b(?:не(?! (?:позже|позднее|более|больше|дольше|раньше))|если|никогда|вряд ли|чтобы|когда|надеемся|надеюсь|возможно|может быть|"
    r"not(?! later)|if|unless|never|when|once|hope|may|might|can't|cannot|won't)\b"
)
_SENTENCE = re.compile(r"(?:[^.!?\n]|\.(?=\d))+[?]?")
_BEFORE = 30
"""Signs before a promise in which a word takes it back."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise of an `action` (call, reply, deliver, send, refund, solve) in the signs `start` to `end` of the text.

    `deadline_at` is the moment (UTC) after which it is late, None where no time was named. A promise that names a day is kept until that
    day ends where the company is.
    """

    action: str
    start: int
    end: int
    deadline_at: datetime | None


def promises_in(text: str, *, said_at: datetime, time_zone: str, is_working: Callable[[date], bool] = on_weekdays) -> list[Promise]:
    """Return the promises of a message, each sentence's first of each action.

    Parameters
    ----------
    said_at : when the message was sent (with a time zone).
    time_zone : the company's, by its IANA name; «завтра» and "by Friday" are counted in it.
    is_working : whether a date is a working day, for promises in working days.
    """
    local = said_at.astimezone(ZoneInfo(time_zone))
    found = []
    lowered = "".join(small if len(small := sign.lower()) == 1 else sign for sign in text).replace("ё", "е").replace("’", "'")
    for sentence in _SENTENCE.finditer(lowered):
        said = sentence.group()
        if said.endswith("?"):
            continue
        for action in _ACTIONS:
            if promise := _promise_of(action, said):
                deadline, starts, ends = deadline_of(said, local, is_working)
                start = min(promise.start(), starts) if ends else promise.start()
                found.append(Promise(action, sentence.start() + start, sentence.start() + max(promise.end(), ends), deadline))
                break
    return found


def _promise_of(action: str, said: str) -> re.Match[str] | None:
    """Return the words of a sentence that promise an action, unless they deny it or make it depend on something."""
    for ways in (_RUSSIAN_PROMISE, _ENGLISH_PROMISE, _ENGLISH_NOUN_PROMISE):
        if (promise := ways[action].search(said)) and not _NOT_PROMISED.search(said, max(0, promise.start() - _BEFORE), promise.end()):
            return promise
    return None
