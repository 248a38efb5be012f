"""Which activities calls, charges, offers, preferences and checkouts become."""

from __future__ import annotations

from lakmus.connectors.files.activities_sql import Emission
from lakmus.connectors.files.emissions import EMITTERS, Reading, _emit

OPERATIONS: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "calls": (
        "result",
        (
            ("abandoned_queue", "(не дожда|положил|брос|сброс|в очеред|abandon|hung.?up|hang.?up|left.?queue|dropped)"),
            (
                "missed_call",
                "(пропущ|не.?отвеч|без ответа|нет ответа|не ответ|не.?дозвон|занят|missed|no.?answer|(un|not ?)answered|busy|voicemail)",
            ),
            ("called", "(отвеч|успе|состоял|принят|соедин|разговор|answer|complet|success|connect)"),
        ),
    ),
    "charges": (
        "operation",
        (
            ("was_refunded", "(возврат|возвращ|отмен|сторно|refund|revers|chargeback)"),
            ("was_charged", "(списан|оплат|покупк|продаж|charge|payment|capture|purchase|sale|debit)"),
        ),
    ),
    "checkouts": (
        "operation",
        (
            ("abandoned_checkout", "(брош|прерв|отказ|ушел|ушла|ошибк|не завершен|abandon|fail|declin|error|cancel)"),
            ("started_checkout", "(нача|старт|откры|переш|start|begin|began|open|enter)"),
        ),
    ),
}
"""By kind of file: the field that says what happened, and the kinds of activities with the words for each, the first that fits deciding."""
OUTGOING = "(исход|outbound|outgoing|outcall)"
VIOLATED = "(наруш|не учт|не учл|не соблюд|violat|ignored|breach)"


def operation(reading: Reading) -> str:
    """SQL: the kind of activity that a row of calls, charges or checkouts is, null where nobody can tell."""
    field, words = OPERATIONS[reading.staged.plan.kind or ""]
    cases = " ".join(f"when {reading.says(field, pattern)} then '{name}'" for name, pattern in words)
    return f"case {cases} end"


def _calls(reading: Reading) -> list[Emission]:
    what = operation(reading)
    ours = f"coalesce({reading.says('author', OUTGOING)}, false)" if reading.has("author") else "false"
    call = {"ts": "ts", "_case": reading.of("case"), "_channel": "'phone'", "_minutes": reading.of("minutes")}
    spoken = {"_staff": reading.of("staff"), "_topic": reading.of("topic")}
    contact = {"ts": "ts", "_channel": "'phone'", **spoken}
    return [
        _emit(reading, "called", {**call, **spoken}, f"not {ours} and {what} = 'called'"),
        _emit(reading, "missed_call", call, f"not {ours} and {what} = 'missed_call'"),
        _emit(reading, "abandoned_queue", call, f"not {ours} and {what} = 'abandoned_queue'"),
        _emit(reading, "was_contacted", contact, f"{ours} and {what} = 'called'"),
    ]


def _charges(reading: Reading) -> list[Emission]:
    back = f"(amount < 0 or {operation(reading)} = 'was_refunded')"
    money = {"ts": "ts", "_order": reading.of("order"), "_amount": "abs(amount)", "_currency": reading.of("currency")}
    return [
        _emit(reading, "was_charged", money, f"not {back}"),
        _emit(reading, "was_refunded", {**money, "_reason": reading.of("reason")}, back),
    ]


def _offers(reading: Reading) -> list[Emission]:
    columns = {
        "ts": "ts",
        "_template": reading.of("template"),
        "_product": reading.first_of("product", "product_name"),
        "_channel": reading.of("channel"),
        "_text": reading.of("text"),
    }
    named = {"product_name": reading.of("product_name")} if reading.has("product") and reading.has("product_name") else {}
    return [_emit(reading, "received_offer", columns, "true", named)]


def _preferences(reading: Reading) -> list[Emission]:
    broken = f"coalesce({reading.says('operation', VIOLATED)}, false)" if reading.has("operation") else "false"
    columns = {"ts": "ts", "_topic": reading.of("topic"), "_text": reading.of("text")}
    return [
        _emit(reading, "stated_preference", columns, f"not {broken}"),
        _emit(reading, "preference_violated", {**columns, "_order": reading.of("order")}, broken),
    ]


def _checkouts(reading: Reading) -> list[Emission]:
    step = {
        "ts": "ts",
        "_order": reading.of("order"),
        "_page": reading.of("page"),
        "_amount": "abs(amount)" if reading.has("amount") else "null",
        "_currency": reading.of("currency"),
    }
    what = operation(reading)
    return [
        _emit(reading, "started_checkout", step, f"{what} = 'started_checkout'"),
        _emit(reading, "abandoned_checkout", {**step, "_reason": reading.of("reason")}, f"{what} = 'abandoned_checkout'"),
    ]


EMITTERS.update({"calls": _calls, "charges": _charges, "offers": _offers, "preferences": _preferences, "checkouts": _checkouts})
