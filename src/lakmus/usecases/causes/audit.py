"""The audit of automatic messages: what each said against the order it speaks of, as far as that was known when it went out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lakmus.history.wording import Wording
from lakmus.usecases.asking import Conditions, ask
from lakmus.usecases.causes.sides import UNSAID
from lakmus.usecases.causes.standing import has_rows
from lakmus.usecases.results import LARGEST_PAGE, Row
from lakmus.usecases.show_verdict import Shown
from lakmus.usecases.signals.lay_out_people import PEOPLE

MESSAGES = "messages"
FINDINGS = {
    "placeholder": Wording("незаполненное место", "unfilled placeholder"),
    "wrong_sum": Wording("неверная сумма", "wrong sum"),
    "wrong_date": Wording("неверная дата", "wrong date"),
    "wrong_number": Wording("чужой номер заказа", "wrong order number"),
    "wrong_name": Wording("чужое имя", "wrong name"),
    "duplicate": Wording("повтор", "duplicate"),
    "at_night": Wording("отправлено ночью", "sent at night"),
}


@dataclass(frozen=True, slots=True)
class Template:
    """Messages of one template (`key` None: the files name none): how many were sent, how many contradict, by finding."""

    key: str | None
    sent: int
    wrong: int
    by_finding: dict[str, int]

    @property
    def asked(self) -> str:
        """How the rows behind it are asked for."""
        return UNSAID if self.key is None else self.key


@dataclass(frozen=True, slots=True)
class Audit:
    """All messages of the last 12 months, and by template, those with most contradictions first; `customers` got a wrong one."""

    sent: int
    wrong: int
    customers: int
    by_finding: dict[str, int]
    templates: tuple[Template, ...]


@dataclass(frozen=True, slots=True)
class MessageRows:
    """A page of messages, the latest first; `customers`: how many got any of them."""

    total: int
    customers: int
    rows: tuple[Row, ...]


def audit_messages(shown: Shown) -> Audit | None:
    """Return what the audit found in the last 12 months; None where no automatic message was read."""
    if not has_rows(shown, MESSAGES):
        return None
    since = shown.verdict.definition.window_start_at
    each = ", ".join(f"count(*) FILTER (list_contains(findings, '{name}')) AS {name}" for name in FINDINGS)
    sql = f"""SELECT template AS key, grouping(template) AS whole, count(*) AS sent, count(*) FILTER (len(findings) > 0) AS wrong,
                     count(DISTINCT customer) FILTER (len(findings) > 0) AS customers, {each}
              FROM read_parquet(?) WHERE "at" > ? GROUP BY GROUPING SETS ((template), ())
              ORDER BY wrong DESC, sent DESC, key"""  # noqa: S608 - our own names
    templates, whole = [], Audit(0, 0, 0, dict.fromkeys(FINDINGS, 0), ())
    for row in ask(sql, [shown.table(MESSAGES), since]):
        found = {name: row[name] for name in FINDINGS}
        if row["whole"]:
            whole = Audit(row["sent"], row["wrong"], row["customers"], found, ())
        else:
            templates.append(Template(row["key"], row["sent"], row["wrong"], found))
    return Audit(whole.sent, whole.wrong, whole.customers, whole.by_finding, tuple(templates))


def list_messages(shown: Shown, asked: Mapping[str, Any], *, page: int = 1, size: int = 50) -> MessageRows:
    """Return the messages behind a figure.

    `asked`: any of `finding`, `template`, `customer`; without a finding all that contradict, with `sent` whatever was sent.
    """
    if not has_rows(shown, MESSAGES):
        return MessageRows(0, 0, ())
    conditions = Conditions()
    conditions.add('"at" > ?', shown.verdict.definition.window_start_at)
    if not asked.get("sent"):
        conditions.add("len(findings) > 0")
    if asked.get("finding"):
        conditions.add("list_contains(findings, ?)", asked["finding"])
    if asked.get("template") == UNSAID:
        conditions.add("template IS NULL")
    elif asked.get("template"):
        conditions.add("template = ?", asked["template"])
    if asked.get("customer"):
        conditions.add("customer = ?", asked["customer"])
    parameters = [shown.table(MESSAGES), *conditions.parameters]
    counting = f"SELECT count(*) AS n, count(DISTINCT customer) AS customers FROM read_parquet(?) WHERE {conditions.where}"  # noqa: S608
    counted = ask(counting, parameters)[0]
    size = max(1, min(size, LARGEST_PAGE))
    sql = f"""SELECT * FROM (SELECT * FROM read_parquet(?) WHERE {conditions.where} ORDER BY "at" DESC, activity_id LIMIT ? OFFSET ?)
              LEFT JOIN (SELECT customer, name FROM read_parquet(?)) USING (customer) ORDER BY "at" DESC, activity_id"""  # noqa: S608
    rows = ask(sql, [*parameters, size, (max(page, 1) - 1) * size, shown.table(PEOPLE)])
    return MessageRows(counted["n"], counted["customers"], tuple(rows))
