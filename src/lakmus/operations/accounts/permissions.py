"""Who may do what: one table of (page, verb) → roles, and the few ways to ask it.

Verbs: `view` opens the page; `money` shows totals and forecasts in money on it (the amount of a single order is shown
to whoever sees the order); `export` takes rows away in a file; `change` writes; `erase` removes a customer's history.
What the table does not name is allowed to nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from lakmus.history.failures import NotAllowed
from lakmus.history.wording import Wording
from lakmus.operations.accounts.roles import Role

OWNER, HEAD, MARKETER, AGENT, ANALYST, ADMINISTRATOR = Role
EVERYBODY = frozenset(Role)
READERS = frozenset({OWNER, HEAD, MARKETER, ANALYST})
KEEPERS = frozenset({OWNER, ADMINISTRATOR})
READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Permit:
    """One cell of the table, with the reason why it stands as it does."""

    page: str
    verb: str
    roles: frozenset[Role]
    reason: str


PERMITS = (
    # The four rooms. An agent's work is one customer at a time; an administrator runs the machine and needs no figures.
    Permit("verdict", "view", READERS, "the company's situation, for those who decide or explain"),
    Permit("verdict", "money", READERS, "a verdict without money is no verdict"),
    Permit("verdict", "export", READERS, "a report to print or send says what the page says"),
    Permit("signals", "view", READERS, "who is cooling, over all customers"),
    Permit("alerts", "view", READERS, "which segments changed; as signals"),
    Permit("alerts", "change", frozenset({OWNER, HEAD, ANALYST}), "what is worth telling; moves no figure; written down in the journal"),
    Permit("segments", "view", READERS, "groups of customers by a rule; as signals"),
    Permit("segments", "change", READERS, "a name for a rule moves no figure and nobody's work; written down in the journal"),
    Permit("causes", "view", READERS, "which errors cost customers, over all customers and staff"),
    Permit("causes", "money", READERS, "the cost of an error is what ranks it"),
    Permit("waiting", "view", frozenset({OWNER, HEAD, ANALYST}), "names colleagues beside their waits: for those who lead or measure them"),
    Permit("ledger", "view", READERS, "what each error cost, month by month; as causes"),
    Permit("ledger", "change", frozenset({OWNER, HEAD, ANALYST}), "says why a customer left, and teaches the model; in the journal"),
    Permit("ledger", "export", READERS, "a ledger is kept to be added up elsewhere"),
    Permit("money", "view", READERS, "what customers are worth and where the revenue went; as the ledger"),
    Permit("money", "change", frozenset({OWNER, HEAD, ANALYST}), "how long a repair takes; an order of work, no figure of customers"),
    Permit("promises", "view", READERS, "what was promised and kept; names of colleagues only with waiting"),
    Permit("audit", "view", READERS, "what our machines write to customers"),
    Permit("dominoes", "view", READERS, "which error follows which; as causes"),
    Permit("learned", "view", READERS, "the articles' figures beside the company's own; as causes"),
    Permit("avoidable", "view", READERS, "contacts that we caused, wishes not kept"),
    Permit("scorecard", "view", READERS, "five sides of service, over all customers; as causes"),
    Permit("profiles", "view", READERS, "which kinds of customers are at risk, over all of them; as signals"),
    Permit("perception", "view", READERS, "what we believe beside what is"),
    Permit("perception", "change", frozenset({OWNER, HEAD, MARKETER}), "one's own belief; an analyst would write the figures"),
    Permit("topics", "view", READERS, "what customers write about, over all customers; as causes"),
    Permit("topics", "change", frozenset({OWNER, HEAD, ANALYST}), "who answers for a theme moves no figure; written down in the journal"),
    Permit("unsorted", "view", READERS, "texts that no code fits; as causes"),
    Permit("unsorted", "change", frozenset({OWNER, HEAD, ANALYST}), "a theme changes what texts count as; written down in the journal"),
    Permit("labels", "view", READERS | {AGENT}, "single texts of customers, as whoever answers them sees them"),
    Permit("labels", "change", READERS | {AGENT}, "one's own opinion of a text; two who disagree are the measure of it; in the journal"),
    Permit("measures", "view", READERS, "the Monday list is handed out by those who answer for it"),
    Permit("measures", "change", frozenset({OWNER, HEAD, MARKETER}), "an analyst judges measures and therefore takes none"),
    Permit("measures", "export", frozenset({OWNER, HEAD, MARKETER}), "a call list leaves the house with whoever calls"),
    Permit("results", "view", READERS, "whether it worked concerns whoever ordered, did or measured it"),
    Permit("results", "money", READERS, "money kept is the result"),
    Permit("definition", "view", EVERYBODY, "whoever sees a state must be able to read what it means"),
    Permit("definition", "change", frozenset({OWNER, ANALYST}), "what counts as lost moves every figure; it is no technical setting"),
    # One customer.
    Permit("customers", "view", EVERYBODY, "the agent answers, the administrator fulfils requests for data and erasure"),
    Permit("customers", "money", READERS, "what a customer is worth must not colour how an agent answers"),
    Permit("customers", "export", READERS | {ADMINISTRATOR}, "lists for work; a person's own data on request"),
    Permit("customers", "erase", KEEPERS, "cannot be taken back; belongs to those who answer for personal data"),
    Permit("orders", "view", READERS | {AGENT}, "rows behind a figure, and what the customer is calling about"),
    Permit("orders", "export", READERS, "as with customers; an agent needs no list"),
    Permit("errors", "view", READERS | {AGENT}, "what happened to this customer, with evidence"),
    Permit("errors", "money", READERS, "as with customers"),
    Permit("errors", "export", READERS, "as with customers"),
    Permit("inbox", "view", frozenset({OWNER, HEAD, AGENT, ANALYST}), "conversations: those who hold them, lead them, measure them"),
    Permit("inbox", "change", frozenset({OWNER, HEAD, AGENT}), "only those who answer customers answer customers"),
    # The data.
    Permit("data", "view", READERS | {ADMINISTRATOR}, "coverage limits every reading, so every reader may see it"),
    Permit("data", "export", KEEPERS | {ANALYST}, "rejected rows are raw personal data; needed to mend or to audit a source"),
    Permit("import", "view", KEEPERS, "the wizard exists to change; see import change"),
    Permit("import", "change", KEEPERS, "who loads data decides what all others read; an analyst must not grade his own input"),
    Permit("activities", "push", KEEPERS, "the same as an import, by a program"),
    Permit("identity", "view", KEEPERS | {HEAD, ANALYST}, "doubtful matches limit the reading"),
    Permit("identity", "change", KEEPERS | {HEAD}, "knows the customers, or answers for their data; can be undone"),
    # The house.
    Permit("settings", "view", KEEPERS | {HEAD, ANALYST}, "the terms (margin, reply targets) on which figures are read"),
    Permit("settings", "change", KEEPERS, "moves every figure; written down in the journal"),
    Permit("delivery", "view", KEEPERS, "addresses of colleagues, and where figures leave the house"),
    Permit("delivery", "change", KEEPERS, "decides who outside this machine learns of a change"),
    Permit("users", "view", KEEPERS, "names and roles of colleagues"),
    Permit("users", "change", KEEPERS, "hands out rights"),
    Permit("tokens", "view", KEEPERS | {ANALYST}, "programs act with their user's rights; others have no use for one"),
    Permit("tokens", "change", KEEPERS | {ANALYST}, "one's own tokens; whoever may change users revokes anybody's"),
    Permit("forgotten", "view", KEEPERS, "how many people asked to be forgotten; no name stands there"),
    Permit("forgotten", "change", KEEPERS, "as erasing: belongs to those who answer for personal data; written down in the journal"),
    Permit("journal", "view", KEEPERS, "says what each colleague did and when"),
    Permit("backup", "change", KEEPERS, "a copy of everything"),
    Permit("profile", "view", EVERYBODY, "one's own name, language, look, password"),
    Permit("profile", "change", EVERYBODY, "one's own name, language, look, password"),
)
TABLE: dict[tuple[str, str], frozenset[Role]] = {(permit.page, permit.verb): permit.roles for permit in PERMITS}
PAGES = tuple(dict.fromkeys(permit.page for permit in PERMITS))
FIRST_PAGES = ("verdict", "data", "customers", "profile")

REFUSED = Wording(
    "Эта страница или действие не входит в вашу роль («{role}»). Ничего не изменилось. "
    "Если доступ нужен для работы, попросите владельца или администратора.",
    "This page or action is not part of your role ({role}). Nothing was changed. "
    "If you need it for your work, ask the owner or an administrator.",
)


def may(user: Any, page: str, verb: str = "view") -> bool:
    """Say whether `user` may do `verb` on `page`; nobody who is not logged in, or was deactivated, may do anything.

    Raises
    ------
    KeyError : the table has no such page and verb, which is a mistake in the code that asks.
    """
    roles = TABLE[page, verb]
    return bool(user is not None and user.is_authenticated and user.is_active and user.role in roles)


def require(user: Any, page: str, verb: str = "view") -> None:
    """Pass in silence when `user` may.

    Raises
    ------
    NotAllowed : the role may not; the message names the role and whom to ask.
    """
    if not may(user, page, verb):
        raise refusal(user)


def refusal(user: Any) -> NotAllowed:
    """Return the error that tells `user` that the role does not reach so far."""
    title = Role(user.role).title if getattr(user, "role", "") else Wording("без входа", "not logged in")
    return NotAllowed("not_allowed", Wording(REFUSED.ru.format(role=title.ru), REFUSED.en.format(role=title.en)))


def permitted(user: Any) -> dict[str, dict[str, bool]]:
    """Return {page: {verb: may}} for one user, as templates want it: `{% if permitted.causes.money %}`."""
    answers: dict[str, dict[str, bool]] = {name: {} for name in PAGES}
    for name, verb in TABLE:
        answers[name][verb] = may(user, name, verb)
    return answers


def first_page(user: Any) -> str:
    """Return the page a user of this role sees after logging in: the first of FIRST_PAGES that is allowed."""
    return next(name for name in FIRST_PAGES if may(user, name) or name == FIRST_PAGES[-1])


def page(name: str, *, verb: str = "view", post: str | None = None) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Let a web view be called only by roles that may `verb` on page `name`; `post` is the verb for writing methods."""
    wanted = _known(name, (verb, post or verb))

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            _refuse_unless(request, name, wanted)
            return view(request, *args, **kwargs)

        guarded.permit = (name, *wanted)  # type: ignore[attr-defined]  # lets a test see that no address was forgotten
        return guarded

    return decorate


def _known(name: str, verbs: Iterable[str]) -> tuple[str, ...]:
    for verb in verbs:
        if (name, verb) not in TABLE:
            raise KeyError((name, verb))
    return tuple(verbs)


def _refuse_unless(request: HttpRequest, name: str, verbs: tuple[str, ...]) -> None:
    verb = verbs[0] if request.method in READING_METHODS else verbs[1]
    if not may(request.user, name, verb):
        raise PermissionDenied(refusal(request.user).wording.in_language(get_language() or "ru"))
