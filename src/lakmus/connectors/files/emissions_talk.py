"""Which activities conversations, reviews, surveys, visits and the rest become."""

from __future__ import annotations

from lakmus.connectors.files.activities_sql import Columns, Emission
from lakmus.connectors.files.emissions import EMITTERS, SINCE_ALWAYS, Reading, _amount, _emit, _place

CUSTOMER_WORDS = "(клиент|покупател|заказчик|пользовател|посетител|входящ|customer|client|user|visitor|buyer|inbound|incoming|end.?user)"
BOT_WORDS = "(бот|bot|автоответ|auto)"
SYSTEM_WORDS = "(систем|system|уведомлен|notification)"
STAFF_WORDS = (
    "(сотрудник|оператор|менеджер|агент|специалист|поддержк|компани|исходящ|магазин|agent|operator|staff|support|employee|manager|admin"
    "|human|person|company|outbound|outgoing)"
)
CHANNELS = (
    ("chat", "чат|онлайн.?чат|chat|live.?chat|jivo.*|чат на сайте"),
    ("email", "почта|e.?mail|email|эл\\. ?почта|электронная почта|mail|письмо"),
    ("phone", "телефон|звонок|phone|call|inbound|outcall|phone.?call|колл.?центр"),
    ("messenger", "мессенджер|whats.?app|telegram|телеграм|viber|вайбер|wa|tg|messenger|max"),
    ("social", "соцсет[ьи]|vk|вк|вконтакте|ok|одноклассники|instagram|facebook|social|social.?media|twitter"),
)
OPERATIONS = (
    ("joined_programme", "(вступ|регистрац|join|enrol|sign.?up|welcome)"),
    ("points_expired", "(сгор|expir)"),
    ("redeemed_points", "(спис|погаш|трат|redeem|spend|spent|burn|used)"),
    ("earned_points", "(начисл|earn|accru|award|add|бонус|возврат балл)"),
    ("referred_friend", "(привел|друг|refer)"),
)
SURVEYS = (
    ("nps", "(nps|рекоменд|recommend)"),
    ("ces", "(ces|усили|effort)"),
    ("csat", "(csat|удовлетвор|оценк|satisf|качеств)"),
    ("exit", "(exit|уход|отток)"),
)


def _channel(reading: Reading) -> str:
    """SQL: the channel of a conversation, well-known ones by one name in whatever words the company calls them."""
    if not reading.has("channel"):
        return "null"
    cases = " ".join(f"when {reading.says('channel', f'^({pattern})$')} then '{name}'" for name, pattern in CHANNELS)
    return f"case {cases} else channel end"


def author(reading: Reading) -> str:
    """SQL: who wrote a message (customer, person, bot, system), null where nobody can tell."""
    staff = f"case when {reading.of('staff')} is not null then 'person' end"
    if not reading.has("author"):
        return f"case when {reading.of('staff')} is not null then 'person' else 'customer' end"
    patterns = (("customer", CUSTOMER_WORDS), ("bot", BOT_WORDS), ("system", SYSTEM_WORDS), ("person", STAFF_WORDS))
    cases = " ".join(f"when {reading.says('author', pattern)} then '{name}'" for name, pattern in patterns)
    return f"case {cases} else {staff} end"


def operation(reading: Reading) -> str:
    """SQL: the kind of a loyalty operation, null where nobody can tell; without a word for it the sign of the points tells."""
    sign = "case when points < 0 then 'redeemed_points' when points >= 0 then 'earned_points' end" if reading.has("points") else "null"
    if not reading.has("operation"):
        return sign
    cases = " ".join(f"when {reading.says('operation', pattern)} then '{name}'" for name, pattern in OPERATIONS)
    return f"case {cases} when operation is null then {sign} end"


def _cases(reading: Reading) -> list[Emission]:
    key = {"_case": reading.of("case")}
    staff, channel = {"_staff": reading.of("staff")}, _channel(reading)
    text = _text(reading)
    opened = {"ts": "ts", **key, **staff, "_order": reading.of("order"), "_channel": channel, "_topic": reading.of("topic"), "_text": text}
    details = "feature::json" if reading.has("feature") else "null"
    found = [_emit(reading, "opened_case", opened, "true", {"shift": reading.of("shift"), "details": details})]
    if reading.has("replied_at") or reading.has("reply_minutes"):
        after = "make_timestamp(epoch_us(ts) + cast(round(reply_minutes * 60000000) as bigint))"
        replied = "replied_at" if reading.has("replied_at") else after
        columns = {"ts": replied, **key, **staff, "_order": reading.of("order"), "_channel": channel, "_author": "'person'"}
        found.append(_emit(reading, "received_reply", columns, f"{replied} is not null", {"shift": reading.of("shift")}))
    if reading.has("resolved_at"):
        columns = {"ts": "resolved_at", **key, **staff, "_status": reading.of("status"), "_reason": reading.of("reason")}
        found.append(_emit(reading, "case_resolved", columns, "resolved_at is not null"))
    if reading.has("reopened_at"):
        found.append(_emit(reading, "case_reopened", {"ts": "reopened_at", **key, **staff}, "reopened_at is not null"))
    if reading.has("score"):
        ended = reading.first_of("resolved_at", "replied_at", "ts")
        at = f"greatest(coalesce({reading.of('answered_at')}, {ended}), {ended})"
        columns = {
            "ts": at,
            **key,
            "_order": reading.of("order"),
            "_channel": channel,
            "_score": "score",
            "_survey": "'csat'",
            "_text": reading.of("comment"),
        }
        found.append(_emit(reading, "answered_survey", columns, "score is not null"))
    return found


def _text(reading: Reading) -> str:
    if reading.has("title") and reading.has("text"):
        return "case when title is not null and text is not null then title || chr(10) || text else coalesce(title, text) end"
    return reading.first_of("text", "title")


def _messages(reading: Reading) -> list[Emission]:
    key = {
        "ts": "ts",
        "_case": reading.of("case"),
        "_order": reading.of("order"),
        "_channel": _channel(reading),
        "_text": reading.of("text"),
    }
    who = author(reading)
    return [
        _emit(reading, "sent_message", {**key, "_author": "'customer'"}, f"{who} = 'customer'"),
        _emit(reading, "received_reply", {**key, "_author": who, "_staff": reading.of("staff")}, f"{who} in ('person', 'bot', 'system')"),
    ]


def _reviews(reading: Reading) -> list[Emission]:
    key = {"_order": reading.of("order"), "_channel": reading.of("channel")}
    review = {
        **key,
        "ts": "ts",
        "_product": reading.first_of("product", "product_name"),
        "_stars": reading.of("stars"),
        "_text": _text(reading),
        "_place": _place(reading),
        "_topic": reading.of("topic"),
    }
    found = [_emit(reading, "left_review", review, "true", {"review": reading.of("review")})]
    if reading.has("replied_at"):
        columns = {**key, "ts": "replied_at", "_author": "'person'", "_staff": reading.of("staff"), "_text": reading.of("reply_text")}
        found.append(_emit(reading, "review_answered", columns, "replied_at is not null", {"review": reading.of("review")}))
    return found


def _surveys(reading: Reading) -> list[Emission]:
    survey = "'csat'"
    if reading.has("survey_kind"):
        cases = " ".join(f"when {reading.says('survey_kind', pattern)} then '{name}'" for name, pattern in SURVEYS)
        survey = f"case {cases} else coalesce(lower(survey_kind), 'csat') end"
    key = {"_survey": survey, "_case": reading.of("case"), "_order": reading.of("order"), "_channel": reading.of("channel")}
    found = []
    if reading.has("sent_at"):
        found.append(_emit(reading, "was_surveyed", {**key, "ts": "sent_at"}, "sent_at is not null"))
    answered = reading.first_of("answered_at", "ts")
    said = " or ".join(f"{reading.of(field)} is not null" for field in ("score", "comment") if reading.has(field)) or "true"
    if answered != "null":
        columns = {**key, "ts": answered, "_score": reading.of("score"), "_text": reading.of("comment")}
        found.append(_emit(reading, "answered_survey", columns, f"{answered} is not null and ({said})"))
    if reading.has("replied_at"):
        # What we answered to a comment belongs to no conversation: the case that the survey asked about is over.
        columns = {"ts": "replied_at", "_order": reading.of("order"), "_channel": reading.of("channel"), "_author": "'person'"}
        columns |= {"_staff": reading.of("staff"), "_text": reading.of("reply_text")}
        found.append(_emit(reading, "received_reply", columns, "replied_at is not null"))
    return found


def _customers(reading: Reading) -> list[Emission]:
    columns = {
        "ts": f"coalesce({reading.of('registered_at')}, {SINCE_ALWAYS})",
        "_name": reading.of("name"),
        "_place": reading.first_of("city", "store"),
        "_status": reading.of("status"),
        "_channel": reading.of("channel"),
    }
    return [_emit(reading, "gave_details", columns, "customer is not null")]


def _visits(reading: Reading) -> list[Emission]:
    if reading.has("store") and not reading.has("page"):
        return [_emit(reading, "visited_store", {"ts": "ts", "_place": "store", "_minutes": reading.of("minutes")})]
    columns = {"ts": "ts", "_page": reading.of("page"), "_channel": reading.of("channel"), "_minutes": reading.of("minutes")}
    return [_emit(reading, "visited_site", columns)]


def _loyalty(reading: Reading) -> list[Emission]:
    what = operation(reading)
    points = {"_points": "abs(points)"} if reading.has("points") else {}
    columns: dict[str, Columns] = {
        "joined_programme": {"ts": "ts", "_channel": reading.of("channel"), "_place": reading.of("store")},
        "earned_points": {"ts": "ts", "_order": reading.of("order"), **points},
        "redeemed_points": {"ts": "ts", "_order": reading.of("order"), **points},
        "points_expired": {"ts": "ts", **points},
        "referred_friend": {"ts": "ts", "_channel": reading.of("channel")},
    }
    return [_emit(reading, kind, filled, f"{what} = '{kind}'") for kind, filled in columns.items()]


def _automatic_messages(reading: Reading) -> list[Emission]:
    columns = {
        "ts": "ts",
        "_template": "template",
        "_order": reading.of("order"),
        "_case": reading.of("case"),
        "_channel": reading.of("channel"),
        "_text": reading.of("text"),
    }
    return [_emit(reading, "received_automatic_message", columns)]


def _contacts(reading: Reading) -> list[Emission]:
    columns = {
        "ts": "ts",
        "_channel": reading.of("channel"),
        "_staff": reading.of("staff"),
        "_topic": reading.first_of("topic", "reason"),
        "_text": reading.of("text"),
        "_order": reading.of("order"),
    }
    return [_emit(reading, "was_contacted", columns)]


def _contracts(reading: Reading) -> list[Emission]:
    contract = reading.first_of("contract", "customer")
    amount = _amount(reading)
    started = {"ts": "ts", "_contract": contract, "_amount": amount, "_product": reading.first_of("product", "product_name")}
    found = [_emit(reading, "started_contract", started)]
    if reading.has("ended_at"):
        columns = {"ts": "ended_at", "_contract": contract, "_reason": reading.of("reason")}
        found.append(_emit(reading, "ended_contract", columns, "ended_at is not null"))
    return found


def _invoices(reading: Reading) -> list[Emission]:
    columns = {"ts": "ts", "_contract": reading.first_of("contract", "customer"), "_amount": "amount", "_currency": reading.of("currency")}
    return [_emit(reading, "paid_invoice", columns, "amount >= 0")]


EMITTERS.update(
    {
        "cases": _cases,
        "messages": _messages,
        "reviews": _reviews,
        "surveys": _surveys,
        "customers": _customers,
        "visits": _visits,
        "loyalty": _loyalty,
        "automatic_messages": _automatic_messages,
        "contacts": _contacts,
        "contracts": _contracts,
        "invoices": _invoices,
    }
)
