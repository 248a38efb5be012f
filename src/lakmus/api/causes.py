"""What errors do and cost, the ledger of losses, promises and automatic messages, each with the rows behind its figures."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema

from lakmus.api.asked import AsOf, home, pages_asked, verdict_asked
from lakmus.api.forms import NOT_YET, Page, PageNumber, PageSize
from lakmus.api.shown import plain, without_money
from lakmus.api.tokens import Bearer, caller
from lakmus.api.wordings import language_of
from lakmus.operations.accounts.permissions import may, require
from lakmus.usecases.causes.audit import FINDINGS, list_messages
from lakmus.usecases.causes.avoidable import list_contacts, list_wishes
from lakmus.usecases.causes.compared import list_compared
from lakmus.usecases.causes.dominoes import list_followed
from lakmus.usecases.causes.drafts import check_message
from lakmus.usecases.causes.ledger import KINDS, list_reasons
from lakmus.usecases.causes.pages import PAGES, cause_page
from lakmus.usecases.causes.promises import BY, STATUSES, list_promises
from lakmus.usecases.show_stages import show_causes

router = Router(tags=["causes"])
SEES = Bearer("read", "causes")
Code = Annotated[str, Query(max_length=60, description="A reason: a code of a service error, another reason, or unknown.")]
Month = Annotated[str, Query(pattern=r"^(\d{4}-(0[1-9]|1[0-2]))?$", description="A month, as 2026-03.")]
Short = Annotated[str, Query(max_length=300)]
Grouping = Literal[tuple(BY)]  # type: ignore[valid-type]
Status = Literal[tuple(STATUSES)]  # type: ignore[valid-type]
Contradiction = Literal[tuple(FINDINGS)]  # type: ignore[valid-type]
Kind = Literal[tuple(KINDS)]  # type: ignore[valid-type]
ANSWER = {200: dict[str, Any], **NOT_YET}
ROWS = {200: Page, **NOT_YET}


def _page(request: HttpRequest, name: str, as_of: str | None, **asked: str) -> Any:
    require(caller(request), PAGES[name].permit)
    place, language = home(), language_of(request)
    chosen = {key: given for key, given in asked.items() if given}
    shown = pages_asked(place, as_of) if PAGES[name].prepared else verdict_asked(place, as_of)
    told = plain(cause_page(place, shown, name, chosen, language=language), language)
    return told if may(caller(request), "causes", "money") else without_money(told)


@router.get("/causes", auth=SEES, response=ANSWER, summary="What each kind of error does")
def effects(request: HttpRequest, as_of: AsOf = None) -> Any:
    """Return what `lakmus causes --format json` prints: difference, effect, customers lost, money, and how sure that is."""
    language = language_of(request)
    return plain(_in_one(show_causes(verdict_asked(home(), as_of)), language), language)


@router.get("/causes/{code}", auth=SEES, response=ANSWER, summary="One kind of error from all sides")
def error(request: HttpRequest, code: str, as_of: AsOf = None) -> Any:
    """Return its effect, its cases by month, hour, channel, place, staff and customer, and what customers wrote of it."""
    told = _page(request, "error", as_of, code=code[:60])
    if not may(caller(request), "waiting"):
        told["sides"].pop("staff", None)
    return told


class ComparedPage(Page):
    """Cases compared: how many customers left after them, how many the figure was taken from, and in what the delays are told."""

    left: int
    used: int
    unit: str | None


@router.get("/causes/{code}/compared", auth=SEES, response={200: ComparedPage, **NOT_YET}, summary="The cases behind an effect")
def compared(
    request: HttpRequest,
    code: str,
    as_of: AsOf = None,
    over: float | None = None,
    up_to: float | None = None,
    left: bool = False,
    page: PageNumber = 1,
    page_size: PageSize = 100,
) -> Any:
    """Return one page, the latest first: regulars who met with the error and of whom it is known whether they left.

    `over` and `up_to` narrow them to delays above the one and up to the other, as one step of `dose` of `/api/causes` names them; with
    `left` the rows are those after which the customer left, and the counts stay.
    """
    shown = verdict_asked(home(), as_of)
    found = list_compared(shown, code[:60], over=over, up_to=up_to, left=left, page=page, size=page_size)
    told = _rows(request, found.total, found.rows, page, page_size)
    return told | {"left": found.left, "used": found.used, "unit": found.unit}


@router.get("/ledger", auth=Bearer("read", "ledger"), response=ANSWER, summary="The ledger of losses")
def ledger(request: HttpRequest, as_of: AsOf = None, month: Month = "") -> Any:
    """Return a line for each reason: customers, expected losses, visible and invisible money; the sum is that of the lost customers."""
    return _page(request, "ledger", as_of, month=month)


@router.get("/ledger/customers", auth=Bearer("read", "ledger"), response=ROWS, summary="Customers behind a cell of the ledger")
def reasons(
    request: HttpRequest,
    as_of: AsOf = None,
    month: Month = "",
    code: Code = "",
    customer: Short = "",
    silent: bool | None = None,
    errors: bool = False,
    kind: Kind | None = None,  # type: ignore[valid-type]
    page: PageNumber = 1,
    page_size: PageSize = 100,
) -> Any:
    """Return one page, the dearest first: each reason of each customer with its probability, money, evidence and status.

    `errors`: service errors only, without the other reasons and the unknown.
    """
    asked = {"month": month, "code": code, "customer": customer, "silent": silent, "errors": errors, "kind": kind}
    found = list_reasons(verdict_asked(home(), as_of), asked, page=page, size=page_size)
    return _rows(request, found.total, found.rows, page, page_size)


@router.get("/promises", auth=Bearer("read", "promises"), response=ANSWER, summary="Promises kept, late and broken")
def promises(request: HttpRequest, as_of: AsOf = None, by: Grouping = "action") -> Any:  # type: ignore[valid-type]
    """Return the promises whose deadline fell into the last 12 months, by group; staff only to whom colleagues' names are shown."""
    if by == "staff":
        require(caller(request), "waiting")
    return _page(request, "promises", as_of, by=str(by))


@router.get("/promises/rows", auth=Bearer("read", "promises"), response=ROWS, summary="The promises themselves")
def promise_rows(
    request: HttpRequest,
    as_of: AsOf = None,
    status: Status | None = None,  # type: ignore[valid-type]
    action: Short = "",
    source: Short = "",
    channel: Short = "",
    month: Month = "",
    customer: Short = "",
    page: PageNumber = 1,
    page_size: PageSize = 100,
) -> Any:
    """Return one page, the latest deadline first: what was promised, in which words, until when, and when it was kept."""
    asked = {"status": status, "action": action, "source": source, "channel": channel, "month": month, "customer": customer}
    found = list_promises(verdict_asked(home(), as_of), asked, page=page, size=page_size)
    seen = may(caller(request), "waiting")
    rows = [{name: given for name, given in row.items() if seen or name != "staff"} for row in found.rows]
    return _rows(request, found.total, rows, page, page_size)


@router.get("/automatic-messages", auth=Bearer("read", "audit"), response=ANSWER, summary="The audit of automatic messages")
def messages(request: HttpRequest, as_of: AsOf = None) -> Any:
    """Return how many were sent, how many contradict the order they speak of, by finding and template."""
    return _page(request, "messages", as_of)


@router.get("/automatic-messages/rows", auth=Bearer("read", "audit"), response=ROWS, summary="Automatic messages that contradict")
def message_rows(
    request: HttpRequest,
    as_of: AsOf = None,
    finding: Contradiction | None = None,  # type: ignore[valid-type]
    template: Short = "",
    customer: Short = "",
    sent: bool = False,
    page: PageNumber = 1,
    page_size: PageSize = 100,
) -> Any:
    """Return one page, the latest first: what each said, and what was so; with `sent` those that are right as well."""
    asked = {"finding": finding, "template": template, "customer": customer, "sent": sent}
    found = list_messages(verdict_asked(home(), as_of), asked, page=page, size=page_size)
    return _rows(request, found.total, found.rows, page, page_size)


class Message(Schema):
    """A message that is not sent yet, and the order it speaks of; without one only its text is judged."""

    text: str
    order: str = ""


@router.post(
    "/automatic-messages/check", auth=Bearer("read", "audit"), response=ANSWER, summary="Check an automatic message before it is sent"
)
def check(request: HttpRequest, message: Message, as_of: AsOf = None) -> Any:
    """Return what contradicts the order, is unfilled, or was sent already: none found where `findings` is empty; nothing is saved."""
    place = home()
    return plain(check_message(place, verdict_asked(place, as_of), message.text, order=message.order), language_of(request))


@router.get("/dominoes", auth=Bearer("read", "dominoes"), response=ANSWER, summary="Which error brings which")
def dominoes(request: HttpRequest, as_of: AsOf = None) -> Any:
    """Return how many times as often as by chance one error follows another, and the loss without each of them."""
    return _page(request, "dominoes", as_of)


@router.get("/dominoes/cases", auth=Bearer("read", "dominoes"), response=ROWS, summary="Cases in which one error followed another")
def followed(request: HttpRequest, cause: Code, effect: Code, as_of: AsOf = None, page: PageNumber = 1, page_size: PageSize = 100) -> Any:
    """Return one page, the latest first: when a customer met with the first error, and when with the second; none where no edge is."""
    found = list_followed(verdict_asked(home(), as_of), cause=cause, effect=effect, page=page, size=page_size)
    return _rows(request, found.total, found.rows, page, page_size)


@router.get("/learned", auth=Bearer("read", "learned"), response=ANSWER, summary="The articles' figures and the company's own")
def learned(request: HttpRequest, as_of: AsOf = None) -> Any:
    """Return prior, posterior, the weight of the data, and since when the article no longer matters."""
    return _page(request, "learned", as_of)


@router.get("/perception", auth=Bearer("read", "perception"), response=ANSWER, summary="What is believed, what is, what is not measured")
def perception(request: HttpRequest, as_of: AsOf = None) -> Any:
    """Return, for each kind of error, what colleagues believe, the facts, customers' texts, and what it is measured by."""
    return _page(request, "perception", as_of)


@router.get("/avoidable", auth=Bearer("read", "avoidable"), response=ANSWER, summary="Contacts that the company caused itself")
def avoidable(request: HttpRequest, as_of: AsOf = None) -> Any:
    """Return how many contacts of 12 months followed an error of the same order or case, by error, and how many wishes were not kept."""
    return _page(request, "avoidable", as_of)


@router.get("/avoidable/contacts", auth=Bearer("read", "avoidable"), response=ROWS, summary="The contacts behind it")
def contact_rows(
    request: HttpRequest, as_of: AsOf = None, code: Code = "", caused: bool = True, page: PageNumber = 1, page_size: PageSize = 100
) -> Any:
    """Return one page, the latest first: each contact with the error before it; with `caused` false, contacts without one as well."""
    place = home()
    found = list_contacts(place, pages_asked(place, as_of), code=code, caused=caused, page=page, size=page_size)
    return _rows(request, found.total, found.rows, page, page_size)


@router.get("/avoidable/wishes", auth=Bearer("read", "avoidable"), response=ROWS, summary="Wishes of customers")
def wish_rows(request: HttpRequest, as_of: AsOf = None, not_kept: bool = True, page: PageNumber = 1, page_size: PageSize = 100) -> Any:
    """Return one page, the latest first: what was wished, in the customer's words, and what went against it."""
    place = home()
    found = list_wishes(place, pages_asked(place, as_of), broken=not_kept, page=page, size=page_size)
    return _rows(request, found.total, found.rows, page, page_size)


@router.get("/scorecard", auth=Bearer("read", "scorecard"), response=ANSWER, summary="Five sides of service")
def scorecard(request: HttpRequest, as_of: AsOf = None) -> Any:
    """Return each side with its errors and reasons: customers hit, their share of the buyers, money of the ledger, growth."""
    return _page(request, "scorecard", as_of)


@router.get("/profiles", auth=Bearer("read", "profiles"), response=ANSWER, summary="Profiles of customers at risk")
def profiles(request: HttpRequest, as_of: AsOf = None) -> Any:
    """Return how many living customers have each profile, their probability of leaving, and the margin at stake."""
    return _page(request, "profiles", as_of)


@router.get("/money", auth=Bearer("read", "money"), response=ANSWER, summary="What customers are worth, and what losses cost")
def money(request: HttpRequest, as_of: AsOf = None) -> Any:
    """Return CLV, the readings of what losses cost, repairs by money kept per week, gains of retention, and the bridge of revenue."""
    return _page(request, "money", as_of)


def _rows(request: HttpRequest, total: int, rows: Any, page: int, page_size: int) -> dict[str, Any]:
    told = plain(rows, language_of(request))
    told = told if may(caller(request), "customers", "money") else without_money(told)
    return {"total": total, "page": page, "page_size": page_size, "rows": told}


def _in_one(told: Any, language: str) -> Any:
    """Return texts that stand in both languages in one."""
    if isinstance(told, dict):
        return told[language] if told.keys() == {"ru", "en"} else {name: _in_one(part, language) for name, part in told.items()}
    return [_in_one(part, language) for part in told] if isinstance(told, list) else told
