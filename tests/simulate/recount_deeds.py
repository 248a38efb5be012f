"""Find wrong things sent, wishes not minded, offers against history, failed checkouts and comments left alone, by plain Python."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from lakmus.simulate.texts import case_words
from tests.simulate.recount import RED_LINE, Found, Rows, moment
from tests.simulate.recount_staff import replies

DAY = timedelta(hours=24)
DISPLEASED = tuple(option.replace("{а}", ending) for option in case_words.SURVEY_BAD[0] for ending in ("", "а"))
CARELESS = ("прислали", "не доложили", "ошиблись", "перепутали", "положили не тот")
ONLY = {"писать только на почту": {"почта"}, "только мессенджер": {"мессенджер"}}
NEVER = {"не звонить": "телефон", "без смс, пожалуйста": "смс", "звонить нельзя, лучше писать": "телефон"}


def inattention(files: dict[str, Rows], end: datetime) -> Found:
    sent = {("return_reason", row["Номер заказа"]) for row in files["returns"] if any(word in row["Причина возврата"] for word in CARELESS)}
    return sent | {("preference_violated", row["Номер заказа"]) for row in files["preferences"] if row["Что произошло"] == "нарушено"}


def offers_against_history(files: dict[str, Rows], end: datetime) -> Found:
    owner = {row["Номер заказа"]: row["ID клиента"] for row in files["orders"]}
    back = {(owner[row["Номер заказа"]], row["Артикул"], moment(row["Дата возврата"])) for row in files["returns"]}
    returned = defaultdict(list)
    for customer, article, at in back:
        returned[customer, article].append(at)
    wishes = {
        row["ID клиента"]: (moment(row["Дата пожелания"]), row["Пожелание"])
        for row in files["preferences"]
        if row["Вид пожелания"] == "Канал связи"
    }
    found = set()
    for row in files["offers"]:
        at, who = moment(row["Дата предложения"]), row["ID клиента"]
        told, wish = wishes.get(who, (datetime.max, ""))
        refused = row["Канал"] == NEVER.get(wish) or (wish in ONLY and row["Канал"] not in ONLY[wish])
        if any(when < at for when in returned[who, row["Артикул"]]):
            found.add(("returned_product", f"{who}|{row['Дата предложения']}"))
        elif told < at and refused:
            found.add(("refused_channel", f"{who}|{row['Дата предложения']}"))
    return found


def failed_checkouts(files: dict[str, Rows], end: datetime) -> Found:
    ordered, steps = defaultdict(list), defaultdict(list)
    for row in files["orders"]:
        ordered[row["ID клиента"]].append(moment(row["Дата заказа"]))
    for row in files["checkout"]:
        steps[row["ID клиента"]].append(row)
    found = set()
    for who, rows in steps.items():
        for row in rows:
            at = moment(row["Дата события"])
            if any(word in row["Причина отказа"] for word in ("ошибк", "не прошла", "отклонена")):
                found.add(("error_named", f"{who}|{row['Дата события']}"))
            begun = row["Событие оформления"] == "начало оформления" and not any(at <= when <= at + DAY for when in ordered[who])
            near = [moment(other["Дата события"]) for other in rows]
            if begun and sum(at < when <= at + timedelta(hours=1) for when in near) >= 2:
                found.add(("repeated_steps", f"{who}|{row['Дата события']}"))
    return found


def comments_left_alone(files: dict[str, Rows], end: datetime) -> Found:
    attended = defaultdict(list)
    for row in replies(files):
        attended[row["клиент"]].append(moment(row["Дата"]))
    for name, column in (("contacts", "Дата"), ("surveys", "Дата ответа компании")):
        for row in files[name]:
            if row[column]:
                attended[row["ID клиента"]].append(moment(row[column]))
    found = set()
    for row in files["surveys"]:
        displeased = row["Комментарий"].startswith(DISPLEASED)
        at = moment(row["Дата ответа"])
        if displeased and at + RED_LINE <= end and not any(at <= when <= at + RED_LINE for when in attended[row["ID клиента"]]):
            found.add(("survey", f"{row['ID клиента']}|{at + RED_LINE:%d.%m.%Y %H:%M}"))
    return found


def key_of(error: dict[str, str]) -> tuple[str, str]:
    """Name a planted error as the functions above do."""
    at = datetime.fromisoformat(error["at"]).strftime("%d.%m.%Y %H:%M")
    return error["finding"], error["order"] if error["code"] == "inattention" else f"{error['customer']}|{at}"


DETECTORS = {
    "inattention": inattention,
    "no_personal_approach": offers_against_history,
    "checkout_obstacle": failed_checkouts,
    "no_reply": comments_left_alone,
}
