"""Find wrong information and unkept promises of staff in the files by plain Python, from the definitions alone."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import datetime, time, timedelta

from tests.simulate.recount import Found, Rows, moment
from tests.simulate.recount_facts import MONTHS, rubles

SUM = re.compile(r"(?:сумма|стоимость)(?: вашего)? заказа (\d[\d ]*(?:,\d\d)?) ?(?:₽|руб)")
DAY = re.compile(rf"(?:доставим|привезём|доставка назначена на) (?:(\d\d)\.(\d\d)|(\d{{1,2}}) ({'|'.join(MONTHS)}))")
PROMISE = re.compile(
    r"перезвоним|перезвоню|перезвонит|ответим|напишу вам|вернёмся к вам|решим вопрос|разберёмся|всё исправим", re.IGNORECASE
)
DUE = re.compile(rf"(сегодня до 18:00)|(завтра до 12:00)|(в течение двух часов)|не позже (\d{{1,2}}) ({'|'.join(MONTHS)})", re.IGNORECASE)
SOLVES = re.compile(r"решим|разберёмся|исправим", re.IGNORECASE)


def replies(files: dict[str, Rows]) -> Rows:
    """Return every reply by a person with its customer, order and moment."""
    case = {row["Номер обращения"]: row for row in files["cases"]}
    return [
        {**row, "клиент": case[row["Номер обращения"]]["ID клиента"], "заказ": case[row["Номер обращения"]]["Номер заказа"]}
        for row in files["messages"]
        if row["Автор"] == "сотрудник"
    ]


def wrong_information(files: dict[str, Rows]) -> Found:
    amount = {row["Номер заказа"]: rubles(row["Сумма"]) for row in files["orders"]}
    promised = {row["Номер заказа"]: datetime.strptime(row["Обещанная дата доставки"], "%d.%m.%Y") for row in files["deliveries"]}
    found = set()
    for row in replies(files):
        text, order = row["Текст"].lower(), row["заказ"]
        said, day = SUM.search(text), DAY.search(text)
        if order and said and abs(rubles(said[1]) - amount[order]) > 0.01 * amount[order]:
            found.add(("sum", row["Номер обращения"]))
        if order and day:
            told = (int(day[1]), int(day[2])) if day[1] else (int(day[3]), MONTHS.index(day[4]) + 1)
            if told != (promised[order].day, promised[order].month):
                found.add(("date", row["Номер обращения"]))
    return found


def unkept_promises(files: dict[str, Rows]) -> Found:
    attended, closed = defaultdict(list), {row["Номер обращения"]: row["Дата закрытия"] for row in files["cases"]}
    for row in replies(files):
        attended[row["клиент"]].append(moment(row["Дата"]))
    for name, column in (("contacts", "Дата"), ("telephone", "Дата звонка"), ("surveys", "Дата ответа компании")):
        for row in files[name]:
            if row.get(column) and row.get("Результат звонка", "отвечен") == "отвечен":
                attended[row["ID клиента"]].append(moment(row[column]))
    found = set()
    for row in replies(files):
        due = DUE.search(row["Текст"])
        if not due or not PROMISE.search(row["Текст"]):
            continue
        at, case = moment(row["Дата"]), row["Номер обращения"]
        deadline = deadline_of(due, at)
        kept = [other for other in attended[row["клиент"]] if other > at]
        kept += [moment(closed[case])] if SOLVES.search(row["Текст"]) and closed[case] else []
        if not any(other <= deadline for other in kept):
            late = any(other <= deadline + timedelta(days=7) for other in kept)
            found.add(("promise_late" if late else "promise_broken", case))
    return found


def deadline_of(due: re.Match[str], at: datetime) -> datetime:
    if due[1]:
        return datetime.combine(at, time(18))
    if due[2]:
        return datetime.combine(at + timedelta(days=1), time(12))
    if due[3]:
        return at + timedelta(hours=2)
    month = MONTHS.index(due[5]) + 1
    return datetime(at.year + (month < at.month), month, int(due[4]), 23, 59)
