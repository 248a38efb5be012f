"""`lakmus causes customers`, …: the rows behind a figure of causes."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict

from lakmus.cli.cause_words import STATUSES, word
from lakmus.cli.options import Commands, add_as_of
from lakmus.cli.stage_text import day_of, table
from lakmus.cli.verdicts import computed
from lakmus.cli.voice import Voice
from lakmus.history.money import NO_BREAK
from lakmus.history.wording import Wording, written_fact
from lakmus.usecases.writing import money, number, percent

ABOUT_COMPARED = Wording("случаи, по которым посчитан эффект ошибки", "the cases that the effect of an error was taken from")
ABOUT_CUSTOMERS = Wording("клиенты за строкой книги потерь", "the customers behind a line of the ledger")
ABOUT_DRAFT = Wording("проверить автоматическое сообщение до отправки", "check an automatic message before it is sent")
TEXT = Wording("текст сообщения", "the text of the message")
ORDER = Wording("номер заказа, о котором оно говорит", "the number of the order that it speaks of")
MONTH = Wording("только этот месяц, например 2026-03", "only this month, such as 2026-03")
CODE = Wording("только эта причина", "only this reason")
ERROR = Wording("код ошибки, например slow_reply", "the code of an error, such as slow_reply")
OVER = Wording(
    "только с задержкой больше этой (для обещаний в днях, для ответов в минутах)",
    "only delays above this one (in days of promises, in minutes of replies)",
)
UP_TO = Wording("только с задержкой не больше этой", "only delays up to this one")
LEFT = Wording("только те, после которых клиент ушёл", "only those after which the customer left")
LIMIT = Wording("не больше стольких строк (30)", "at most so many rows (30)")
NOTHING = Wording("Нечего показать: для этого мало данных.", "Nothing to show: there are too few data for it.")
CASES = Wording("когда|клиент|заказ|обращение|задержка|", "when|customer|order|case|delay|")
DELAYS = {"days": Wording("дн.", "d"), "minutes": Wording("мин", "min")}
LEFT_AFTERWARDS = Wording("ушёл", "left")
COUNTED = Wording(
    "Случаев сравнено: {total}, после них ушли: {left}. Цифра посчитана по {used} из них.",
    "Cases compared: {total}, left afterwards: {left}. The figure was taken from {used} of them.",
)
NOTHING_WRONG = Wording("Ничего неверного не найдено.", "Nothing wrong was found.")
WRONG = Wording("что неверно|сказано|на самом деле", "what is wrong|said|in fact")
REASONS = Wording("клиент|потерян|причина|доля|деньги|решение", "customer|lost|reason|share|money|decision")


def add_rows(below: Commands) -> None:
    """Add the rows below the command of causes."""
    under = below.add("compared", ABOUT_COMPARED, compared)
    add_as_of(under, below, inherited=True)
    under.add_argument("code", metavar="CODE", help=below.say(ERROR))
    under.add_argument("--over", type=float, default=None, metavar="DELAY", help=below.say(OVER))
    under.add_argument("--up-to", type=float, default=None, metavar="DELAY", help=below.say(UP_TO))
    under.add_argument("--left", action="store_true", help=below.say(LEFT))
    under.add_argument("--limit", type=int, default=30, metavar="N", help=below.say(LIMIT))
    under = below.add("customers", ABOUT_CUSTOMERS, customers)
    add_as_of(under, below, inherited=True)
    under.add_argument("--month", default="", metavar="MONTH", help=below.say(MONTH))
    under.add_argument("--code", default="", metavar="CODE", help=below.say(CODE))
    under.add_argument("--limit", type=int, default=30, metavar="N", help=below.say(LIMIT))
    under = below.add("draft", ABOUT_DRAFT, draft)
    add_as_of(under, below, inherited=True)
    under.add_argument("text", metavar="TEXT", help=below.say(TEXT))
    under.add_argument("--order", default="", metavar="NUMBER", help=below.say(ORDER))


def draft(asked: Namespace, voice: Voice) -> None:
    """Answer with what is wrong in a message that is not sent yet."""
    from lakmus.cli.home import home_at

    home = home_at(asked.home)
    from lakmus.usecases.causes.audit import FINDINGS
    from lakmus.usecases.causes.drafts import check_message

    found = check_message(home, computed(home, asked, voice), asked.text, order=asked.order)
    if voice.wants_json:
        voice.json(asdict(found))
        return
    language = voice.language
    rows = [[FINDINGS[one.finding].in_language(language), one.said, written_fact(one.fact, language)] for one in found.findings]
    voice.text(table(WRONG, rows, language) if rows else NOTHING_WRONG.in_language(language))


def compared(asked: Namespace, voice: Voice) -> None:
    """Answer with the cases that the effect of an error, or of one step of its tolerance curve, was taken from."""
    from lakmus.cli.home import home_at

    home = home_at(asked.home)
    from lakmus.usecases.causes.compared import list_compared
    from lakmus.usecases.causes.pages import check_code

    check_code(asked.code)
    shown = computed(home, asked, voice)
    found = list_compared(shown, asked.code, over=asked.over, up_to=asked.up_to, left=asked.left, size=max(1, asked.limit))
    if voice.wants_json:
        counts = {"total": found.total, "left": found.left, "used": found.used, "unit": found.unit}
        voice.json({"as_of": shown.as_of, "code": asked.code, **counts, "cases": found.rows})
        return
    language = voice.language
    unit = DELAYS[found.unit].in_language(language) if found.unit else ""
    rows = [
        [
            day_of(row["at"], language),
            row["name"] or row["customer"],
            row["order"] or "",
            row["case"] or "",
            "" if row["delay"] is None else f"{number(row['delay'], language, digits=1)}{NO_BREAK}{unit}",
            LEFT_AFTERWARDS.in_language(language) if row["left"] else "",
        ]
        for row in found.rows
    ]
    counts = {name: number(getattr(found, name), language) for name in ("total", "left", "used")}
    head = COUNTED.in_language(language).format(**counts)
    voice.text(f"{head}\n\n{table(CASES, rows, language, right=(4,))}" if rows else NOTHING.in_language(language))


def customers(asked: Namespace, voice: Voice) -> None:
    """Answer with the customers behind a line of the ledger."""
    from lakmus.cli.home import home_at

    home = home_at(asked.home)
    from lakmus.usecases.causes.ledger import check_asked, list_reasons

    check_asked(month=asked.month, code=asked.code)
    shown = computed(home, asked, voice)
    found = list_reasons(shown, {"month": asked.month, "code": asked.code}, size=max(1, asked.limit))
    if voice.wants_json:
        voice.json({"as_of": shown.as_of, "total": found.total, "left": found.left, "money": found.money, "customers": found.rows})
        return
    language = voice.language
    rows = [
        [
            row["customer"],
            day_of(row["lost_at"], language),
            row["title"].in_language(language),
            percent(row["probability"], language),
            money(row["money"], shown.verdict.currency, language),
            word(STATUSES, row["status"], language),
        ]
        for row in found.rows
    ]
    voice.text(table(REASONS, rows, language, right=(3, 4)) or NOTHING.in_language(language))
