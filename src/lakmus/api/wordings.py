"""What the API says to people, in the language of the request."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language

from lakmus.history.wording import Wording

NO_TOKEN = Wording(
    "Нужен действующий ключ: заголовок «Authorization: Bearer lakmus_…». Ключ выпускают на странице «Настройки»; отозванный не вернуть.",
    "A valid token is needed: the header “Authorization: Bearer lakmus_…”. The page “Settings” issues tokens; a revoked one stays so.",
)
WRONG_PARAMETERS = Wording(
    "Запрос не такого вида, как описано в /api/openapi.json; в «fields» сказано, что именно. Ничего не изменилось.",
    "The request is not of the form that /api/openapi.json describes; “fields” says where. Nothing was changed.",
)
TOO_LARGE = Wording(
    "Запрос больше 10 МБ. Ничего не принято; разделите его на части: повторно присланное не задвоится.",
    "The request is larger than 10 MB. Nothing was accepted; send it in parts: what comes twice counts once.",
)
UNREADABLE = Wording(
    "Тело запроса не читается как JSON в UTF-8. Ничего не принято.",
    "The body of the request cannot be read as JSON in UTF-8. Nothing was accepted.",
)
NO_SUCH_ADDRESS = Wording(
    "По этому адресу ничего нет. Список адресов: /api/openapi.json.", "There is nothing at this address. /api/openapi.json lists them."
)
WRONG_METHOD = Wording(
    "Этот адрес не понимает {method}; можно: {allowed}. Ничего не изменилось.",
    "This address does not understand {method}; possible: {allowed}. Nothing was changed.",
)
OUR_ERROR = Wording(
    "Ошибка на нашей стороне; подробности в журнале сервера. Повторить запрос безопасно: повторно присланное не задвоится.",
    "An error on our side; the server's log has the details. Repeating the request is safe: what comes twice counts once.",
)
BAD_AS_OF = Wording(
    "Дата «{written}» не читается. Нужно так: 2026-03-31, или момент с часовым поясом: 2026-03-31T12:00:00+03:00.",
    "The date “{written}” cannot be read. Write 2026-03-31, or a moment with its zone: 2026-03-31T12:00:00+03:00.",
)


def spoken(request: HttpRequest, wording: Wording) -> str:
    """Return the wording in the language that the request asked for."""
    return wording.in_language(language_of(request))


def language_of(request: HttpRequest) -> str:
    """Return `ru` or `en`."""
    return getattr(request, "LANGUAGE_CODE", None) or get_language() or "ru"


def error_body(code: str, message: str, **more: Any) -> dict[str, Any]:
    """Return the form that every error of the API has."""
    return {"code": code, "message": message, **more}
