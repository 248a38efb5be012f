"""An automatic message before it is sent: held against the order it speaks of, by the rules of the audit of those that were."""

from __future__ import annotations

from dataclasses import dataclass

from lakmus.engine.errors.message_audit import DraftFinding, check_draft
from lakmus.history.activity import empty_activities
from lakmus.history.failures import BadInput, NotFound
from lakmus.history.wording import Wording
from lakmus.operations.company.queries import company_terms
from lakmus.usecases.asking import ask
from lakmus.usecases.house.home import Home
from lakmus.usecases.show_verdict import Shown

LONGEST = 20_000
NO_TEXT = Wording(
    "Сообщения нет. Впишите текст, который собираетесь отправить (до 20 000 знаков).",
    "There is no message. Write the text that you are about to send (up to 20,000 characters).",
)
NO_ORDER = Wording(
    "Заказа «{order}» на этот момент нет. Проверьте номер: он такой, как в загруженных файлах; или оставьте пустым.",
    "There is no order “{order}” at this moment. Check the number: it is written as in the imported files; or leave it empty.",
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that is not sent yet, the order it speaks of, its customer as far as known, and what is wrong with it."""

    text: str
    order: str | None
    customer: str | None
    findings: tuple[DraftFinding, ...]


def check_message(home: Home, shown: Shown, text: str, *, order: str = "") -> Draft:
    """Return what is wrong with a message that is about to be sent, by what is known at the moment of the verdict.

    Whether it would come at night is not asked: nobody said at which hour it goes. Without an order only the text itself is judged.

    Raises
    ------
    BadInput : there is no text. NotFound : there is no such order.
    """
    text, order = text.strip(), order.strip()
    if not text or len(text) > LONGEST:
        raise BadInput("no_message", NO_TEXT)
    customer, history = None, empty_activities()
    if order:
        found = ask('SELECT customer, anonymous_customer_id FROM read_parquet(?) WHERE "order" = ? LIMIT 1', [shown.table("orders"), order])
        if not found:
            raise NotFound("order_unknown", NO_ORDER.filled(order=order[:60]))
        customer = found[0]["customer"]
        history = home.stream().history_of(customer or found[0]["anonymous_customer_id"], as_of=shown.as_of)
    findings = check_draft(text, history, order=order or None, as_of=shown.as_of, company=company_terms())
    return Draft(text, order or None, customer, tuple(one for one in findings if one.finding != "at_night"))
