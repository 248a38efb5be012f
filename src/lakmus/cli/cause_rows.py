"""`lakmus causes customers`, …: the rows behind a figure of causes."""

from __future__ import annotations

from argparse import Namespace

from lakmus.cli.cause_words import STATUSES, word
from lakmus.cli.options import Commands, add_as_of
from lakmus.cli.stage_text import day_of, table
from lakmus.cli.verdicts import computed
from lakmus.cli.voice import Voice
from lakmus.history.wording import Wording
from lakmus.usecases.writing import money, percent

ABOUT_CUSTOMERS = Wording("клиенты за строкой книги потерь", "the customers behind a line of the ledger")
MONTH = Wording("только этот месяц, например 2026-03", "only this month, such as 2026-03")
CODE = Wording("только эта причина", "only this reason")
LIMIT = Wording("не больше стольких строк (30)", "at most so many rows (30)")
NOTHING = Wording("Нечего показать: для этого мало данных.", "Nothing to show: there are too few data for it.")
REASONS = Wording("клиент|потерян|причина|доля|деньги|решение", "customer|lost|reason|share|money|decision")


def add_rows(below: Commands) -> None:
    """Add the rows below the command of causes."""
    under = below.add("customers", ABOUT_CUSTOMERS, customers)
    add_as_of(under, below, inherited=True)
    under.add_argument("--month", default="", metavar="MONTH", help=below.say(MONTH))
    under.add_argument("--code", default="", metavar="CODE", help=below.say(CODE))
    under.add_argument("--limit", type=int, default=30, metavar="N", help=below.say(LIMIT))


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
