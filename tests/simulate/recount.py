"""Find the five errors in the files by plain Python, from the definitions alone; knows nothing of the simulator's code."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from functools import cache

Rows = list[dict[str, str]]
Found = set[tuple[str, str]]
TARGETS = {"чат": 60, "мессенджер": 240, "почта": 1440, "телефон": 1440, "соцсети": 2880}
RED_LINE = timedelta(hours=72)
THANKS = {"спасибо", "благодарю", "большое", "за", "помощь", "ответ", "ок", "спс"}


@cache
def moment(text: str) -> datetime | None:
    return datetime.strptime(text, "%d.%m.%Y %H:%M") if text else None


def broken_promises(files: dict[str, Rows], end: datetime) -> Found:
    cancelled = {row["Номер заказа"] for row in files["orders"] if row["Статус"] == "отменён"}
    found = set()
    for row in files["deliveries"]:
        limit = datetime.strptime(row["Обещанная дата доставки"], "%d.%m.%Y") + timedelta(days=1)
        if row["Номер заказа"] not in cancelled and (moment(row["Фактическая дата доставки"]) or end) >= limit:
            found.add(("broken_promise", row["Номер заказа"]))
    return found


def clocks(files: dict[str, Rows]) -> list[tuple[str, str, datetime, datetime | None]]:
    """Return (case, channel, opened, stopped by a person or None) of every clock."""
    by_case: dict[str, Rows] = defaultdict(list)
    for row in files["messages"]:
        by_case[row["Номер обращения"]].append(row)
    found = []
    for case, rows in by_case.items():
        opened: datetime | None = None
        for row in sorted(rows, key=lambda each: moment(each["Дата"]) or datetime.max):
            at = moment(row["Дата"])
            words = {word.strip("!.,?").lower() for word in row["Текст"].split()}
            if row["Автор"] == "сотрудник" and opened:
                found.append((case, row["Канал"], opened, at))
                opened = None
            elif row["Автор"] == "клиент" and not opened and not words <= THANKS:
                opened = at
        if opened:
            found.append((case, rows[0]["Канал"], opened, None))
    return found


def slow_replies(files: dict[str, Rows], end: datetime) -> Found:
    return {
        ("slow_reply", case)
        for case, channel, opened, stopped in clocks(files)
        if stopped and timedelta(minutes=TARGETS[channel]) < stopped - opened <= RED_LINE
    }


def missing_replies(files: dict[str, Rows], end: datetime) -> Found:
    cases = {("no_reply", case) for case, _, opened, stopped in clocks(files) if (stopped or end) - opened > RED_LINE}
    reviews = {
        ("no_reply", row["ID отзыва"])
        for row in files["reviews"]
        if int(row["Оценка"]) <= 2 and row["Текст"] and (moment(row["Дата ответа"]) or end) - moment(row["Дата"]) > RED_LINE
    }
    return cases | reviews


def unresolved(files: dict[str, Rows], end: datetime) -> Found:
    answered = {row["Номер обращения"] for row in files["messages"] if row["Автор"] == "сотрудник"}
    found, by_customer = set(), defaultdict(list)
    for row in files["cases"]:
        by_customer[row["ID клиента"]].append(row)
        if row["Дата повторного открытия"] or (row["Дата закрытия"] and row["Номер обращения"] not in answered):
            found.add(("unresolved_problem", row["Номер обращения"]))
    for rows in by_customer.values():
        for first in rows:
            closed = moment(first["Дата закрытия"])
            for later in rows:
                same = later["Тема"] == first["Тема"] or (later["Номер заказа"] and later["Номер заказа"] == first["Номер заказа"])
                wait = moment(later["Дата обращения"]) - closed if closed else timedelta(days=-1)
                if later is not first and same and timedelta(0) <= wait <= timedelta(days=30):
                    found.add(("unresolved_problem", later["Номер обращения"]))
    return found


def unfollowed(files: dict[str, Rows], end: datetime) -> Found:
    contacts = defaultdict(list)
    for row in files["contacts"]:
        contacts[row["ID клиента"]].append(moment(row["Дата"]))
    customer = {row["Номер заказа"]: row["ID клиента"] for row in files["orders"]}
    found = set()
    for row in files["deliveries"]:
        delivered = moment(row["Фактическая дата доставки"])
        if delivered and delivered + timedelta(days=14) <= end:
            made = contacts[customer[row["Номер заказа"]]]
            if not any(delivered <= at <= delivered + timedelta(days=14) for at in made):
                found.add(("no_aftersales", row["Номер заказа"]))
    return found


DETECTORS = {
    "broken_promise": broken_promises,
    "slow_reply": slow_replies,
    "no_reply": missing_replies,
    "unresolved_problem": unresolved,
    "no_aftersales": unfollowed,
}
