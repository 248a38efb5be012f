"""Find the errors of machines, of the till and of the telephone in the files by plain Python, from the definitions alone."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import datetime, timedelta

from tests.simulate.recount import Found, Rows, moment

DAY = timedelta(hours=24)
MONTHS = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split()
FORGOTTEN = re.compile(r"\{[^}]*\}|%[^% ]+%|\[[^\]]*\]|\$[A-ZА-Я]+\$?|<[^>]+>|##\w+##|\bnull\b|\bundefined\b")
GREETED = re.compile(r"(?:Здравствуйте, |Добрый день, )([^!,]+)!|^([^!,]+), (?:добрый день|здравствуйте)!")


def rubles(text: str) -> float:
    return float(text.replace(" ", "").replace(",", "."))


def sums_of(text: str) -> list[float]:
    return [rubles(found) for found in re.findall(r"(?:сумма|к оплате|на сумму|Стоимость заказа) (\d[\d ]*(?:,\d\d)?) ?(?:₽|руб)", text)]


def days_of(text: str) -> list[tuple[int, int]]:
    digits = re.findall(r"(?:Доставим|Привезём|Доставка)[^.]*?(\d\d)\.(\d\d)", text)
    words = re.findall(rf"(?:Доставим|Привезём|Доставка)[^.]*?(\d{{1,2}}) ({'|'.join(MONTHS)})", text)
    return [(int(day), int(month)) for day, month in digits] + [(int(day), MONTHS.index(month) + 1) for day, month in words]


def wrong_messages(files: dict[str, Rows], end: datetime) -> Found:
    """Return (finding, order | moment) of every automatic message that contradicts what is known of its order."""
    amount = {row["Номер заказа"]: rubles(row["Сумма"]) for row in files["orders"]}
    promised = {row["Номер заказа"]: datetime.strptime(row["Обещанная дата доставки"], "%d.%m.%Y") for row in files["deliveries"]}
    names = {row["ID клиента"]: set(row["ФИО"].split()) for row in files["customers"]}
    found, sent = set(), {}
    for row in sorted(files["automatic_messages"], key=lambda each: moment(each["Дата"])):
        at, order, text = moment(row["Дата"]), row["Номер заказа"], row["Текст"]
        greeted = next(iter(GREETED.finditer(text)), None)
        name = greeted and (greeted[1] or greeted[2])
        findings = {
            "placeholder": FORGOTTEN.search(text),
            "at_night": at.hour >= 22 or at.hour < 8,
            "wrong_number": any(number != order for number in re.findall(r"№ (\d+)", text)),
            "wrong_sum": order and any(abs(said - amount[order]) > 0.01 * amount[order] for said in sums_of(text)),
            "wrong_date": order and any(day != (promised[order].day, promised[order].month) for day in days_of(text)),
            "wrong_name": name and not FORGOTTEN.search(name) and name not in names[row["ID клиента"]] | {"Уважаемый покупатель"},
            "duplicate": order and (order, text) in sent and at - sent[order, text] <= DAY,
        }
        sent[order, text] = at
        found |= {(finding, f"{order}|{row['Дата']}") for finding, met in findings.items() if met}
    return found


def hidden_charges(files: dict[str, Rows], end: datetime) -> Found:
    amount = {row["Номер заказа"]: rubles(row["Сумма"]) for row in files["orders"]}
    back = defaultdict(list)
    for row in files["charges"]:
        if row["Операция"] == "возврат":
            back[row["Номер заказа"]].append((moment(row["Дата операции"]), rubles(row["Сумма операции"])))
    found = set()
    for row in files["charges"]:
        order, at, charged = row["Номер заказа"], moment(row["Дата операции"]), rubles(row["Сумма операции"])
        extra = charged - amount[order]
        if row["Операция"] == "списание" and extra > 0.01 * amount[order] and extra > 1:
            returned = sum(sum_ for when, sum_ in back[order] if at <= when <= at + DAY)
            if returned < extra - 0.005:
                found.add(("hidden_charge", f"{order}|{row['Дата операции']}"))
    return found


def hard_to_reach(files: dict[str, Rows], end: datetime) -> Found:
    through, failed = defaultdict(list), defaultdict(list)
    owner = {row["Номер обращения"]: row["ID клиента"] for row in files["cases"]}
    for row in files["telephone"]:
        (through if row["Результат звонка"] == "отвечен" else failed)[row["ID клиента"]].append(moment(row["Дата звонка"]))
    for row in files["contacts"]:
        through[row["ID клиента"]].append(moment(row["Дата"]))
    for row in files["messages"]:
        if row["Автор"] == "сотрудник":
            through[owner[row["Номер обращения"]]].append(moment(row["Дата"]))
    for row in files["surveys"]:
        if row.get("Дата ответа компании"):
            through[row["ID клиента"]].append(moment(row["Дата ответа компании"]))
    found = set()
    for customer, moments in failed.items():
        moments.sort()
        for place, at in enumerate(moments):
            again = place + 1 < len(moments) and moments[place + 1] - at <= DAY
            second = place > 0 and at - moments[place - 1] <= DAY
            if second or (not again and not any(at <= other <= at + DAY for other in through[customer])):
                found.add(("hard_to_reach", f"{customer}|{at:%d.%m.%Y %H:%M}"))
    return found


def key_of(error: dict[str, str]) -> tuple[str, str]:
    """Name a planted error as the functions above do."""
    at = datetime.fromisoformat(error["at"]).strftime("%d.%m.%Y %H:%M")
    finding = error["finding"] if error["code"] == "automatic_message_error" else error["code"]
    return finding, f"{error['customer'] if error['code'] == 'hard_to_reach' else error['order']}|{at}"


DETECTORS = {"automatic_message_error": wrong_messages, "hidden_charge": hidden_charges, "hard_to_reach": hard_to_reach}
