"""Names for people of what the programs name in snake_case, where nobody below the faces names it."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lakmus.usecases.titles import channel_code

VERBS = {
    "created_user": gettext_lazy("added a user"),
    "changed_user": gettext_lazy("changed a user"),
    "deactivated_user": gettext_lazy("shut a user out"),
    "activated_user": gettext_lazy("let a user in again"),
    "set_password": gettext_lazy("set a password"),
    "changed_profile": gettext_lazy("changed language or look"),
    "set_terms": gettext_lazy("changed the company's terms"),
    "took_over_decisions": gettext_lazy("had the decisions on reasons counted"),
    "defined_loss": gettext_lazy("decided what “lost” means"),
    "took_up_definition": gettext_lazy("took up another version of what “lost” means"),
    "kept_mapping": gettext_lazy("saved the meaning of columns"),
    "issued_token": gettext_lazy("issued a token"),
    "revoked_token": gettext_lazy("revoked a token"),
    "pushed_activities": gettext_lazy("pushed activities by a program"),
    "opened_import": gettext_lazy("brought files"),
    "changed_import_plan": gettext_lazy("corrected the meaning of columns"),
    "agreed_import": gettext_lazy("agreed to an import"),
    "started_import": gettext_lazy("began an import"),
    "finished_import": gettext_lazy("finished an import"),
    "refused_import": gettext_lazy("refused an import"),
    "withdrew_import": gettext_lazy("withdrew an import"),
    "crashed_import": gettext_lazy("an import was interrupted"),
    "imported_files": gettext_lazy("imported files"),
    "decided_link": gettext_lazy("decided who is who"),
    "merged_customers": gettext_lazy("merged two customers"),
    "undid_merge": gettext_lazy("took a merge back"),
    "made_backup": gettext_lazy("made a backup"),
    "exported_table": gettext_lazy("downloaded a table"),
    "forgot_customer": gettext_lazy("erased a customer"),
    "listed_forgotten": gettext_lazy("put an erased person on the list of the forgotten"),
    "lifted_forgotten": gettext_lazy("took a person off the list of the forgotten"),
    "saved_segment": gettext_lazy("saved a group of customers"),
    "dropped_segment": gettext_lazy("deleted a saved group"),
    "edited_alert_rule": gettext_lazy("changed the rule of alerts"),
    "restored_alert_rule": gettext_lazy("took the rule of alerts back to how it ships"),
    "set_alert_delivery": gettext_lazy("changed to whom alerts go"),
    "renewed_webhook_secret": gettext_lazy("made a new secret for messages to a program"),
    "sent_alert_again": gettext_lazy("sent an alert again"),
    "switched_webhook_off": gettext_lazy("switched messages to a program off: their receiver is gone"),
    "decided_reason": gettext_lazy("decided on a reason for a loss"),
    "forgot_decisions": gettext_lazy("deleted decisions on a forgotten customer's reasons"),
    "labelled_text": gettext_lazy("labelled a text"),
    "took_label_back": gettext_lazy("took back the label of a text"),
    "forgot_labels": gettext_lazy("deleted the labels of a forgotten customer's texts"),
    "gave_theme": gettext_lazy("said who answers for a theme"),
    "took_up_theme": gettext_lazy("took up a theme of the company's own"),
    "took_out_theme": gettext_lazy("took out a theme of the company's own"),
    "estimated_errors": gettext_lazy("wrote down how often errors happen"),
    "said_weeks": gettext_lazy("said how long repairs take"),
    "exported_ledger": gettext_lazy("downloaded the ledger of losses"),
    "dropped_samples": gettext_lazy("cleared sample rows of an ended import"),
}
"""What a journal row did, by its verb."""


def journal_title(verb: str) -> str:
    """Return what a journal row did, in words; an unknown verb stands as it is written."""
    return str(VERBS.get(verb, verb.replace("_", " ")))


def import_state_title(state: str) -> str:
    """Return where an import stands, in words."""
    titles = {
        "waiting": _("waits for your word"),
        "planned": _("waits for its turn"),
        "running": _("being imported"),
        "done": _("imported"),
        "refused": _("not imported"),
        "crashed": _("interrupted"),
    }
    return titles.get(state, state)


def author_title(author: str) -> str:
    """Return who wrote a message."""
    titles = {"customer": _("the customer"), "person": _("a person"), "bot": _("a bot"), "system": _("the system")}
    return titles.get(author, author)


def family_title(family: str) -> str:
    """Return the name of a group of activities."""
    titles = {
        "orders": _("orders"),
        "contracts": _("contracts"),
        "conversations": _("conversations"),
        "voice": _("reviews and surveys"),
        "outbound": _("our messages"),
        "behaviour": _("visits"),
        "loyalty": _("loyalty"),
        "care": _("care"),
        "profile": _("about themselves"),
    }
    return titles.get(family, family)


def identifier_title(kind: str) -> str:
    """Return the name of a sort of identifier."""
    titles = {
        "external": _("number"),
        "email": _("e-mail"),
        "phone": _("phone"),
        "card": _("card"),
        "messenger": _("messenger"),
        "site": _("site"),
    }
    return titles.get(kind, kind)


def channel_title(channel: str) -> str:
    """Return the name of a channel for people."""
    titles = {
        "chat": _("chat"),
        "messenger": _("messenger"),
        "social": _("social networks"),
        "email": _("e-mail"),
        "phone": _("phone"),
        "": _("any other channel"),
    }
    return titles.get(channel_code(channel), channel)


def story_title(kind: str, number: str) -> str:
    """Return the name of what is known by its number only: an order, a case, a review, or a visitor of the site."""
    titles = {"order": _("Order %(number)s"), "case": _("Case %(number)s"), "review": _("Review %(number)s")}
    return titles[kind] % {"number": number} if kind in titles else _("Somebody unknown: %(number)s") % {"number": number or kind}
