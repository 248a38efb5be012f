"""Names for people of what the programs name in snake_case, where nobody below the faces names it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from lakmus.usecases.titles import channel_code


def journal_title(verb: str) -> str:
    """Return what a journal row did, in words; an unknown verb stands as it is written."""
    titles = {
        "created_user": _("added a user"),
        "changed_user": _("changed a user"),
        "deactivated_user": _("shut a user out"),
        "activated_user": _("let a user in again"),
        "set_password": _("set a password"),
        "changed_profile": _("changed language or look"),
        "set_terms": _("changed the company's terms"),
        "defined_loss": _("decided what “lost” means"),
        "took_up_definition": _("took up another version of what “lost” means"),
        "kept_mapping": _("saved the meaning of columns"),
        "issued_token": _("issued a token"),
        "revoked_token": _("revoked a token"),
        "pushed_activities": _("pushed activities by a program"),
        "opened_import": _("brought files"),
        "changed_import_plan": _("corrected the meaning of columns"),
        "agreed_import": _("agreed to an import"),
        "started_import": _("began an import"),
        "finished_import": _("finished an import"),
        "refused_import": _("refused an import"),
        "withdrew_import": _("withdrew an import"),
        "crashed_import": _("an import was interrupted"),
        "dropped_mapping": _("forgot the meaning of columns"),
        "imported_files": _("imported files"),
        "decided_link": _("decided who is who"),
        "merged_customers": _("merged two customers"),
        "undid_merge": _("took a merge back"),
        "made_backup": _("made a backup"),
        "exported_table": _("downloaded a table"),
        "forgot_customer": _("erased a customer"),
        "listed_forgotten": _("put an erased person on the list of the forgotten"),
        "lifted_forgotten": _("took a person off the list of the forgotten"),
        "saved_segment": _("saved a group of customers"),
        "dropped_segment": _("deleted a saved group"),
        "edited_alert_rule": _("changed the rule of alerts"),
        "restored_alert_rule": _("took the rule of alerts back to how it ships"),
        "set_alert_delivery": _("changed to whom alerts go"),
        "renewed_webhook_secret": _("made a new secret for messages to a program"),
        "sent_alert_again": _("sent an alert again"),
        "switched_webhook_off": _("switched messages to a program off: their receiver is gone"),
        "decided_reason": _("decided on a reason for a loss"),
        "forgot_decisions": _("deleted decisions on a forgotten customer's reasons"),
        "labelled_text": _("labelled a text"),
        "took_label_back": _("took back the label of a text"),
        "forgot_labels": _("deleted the labels of a forgotten customer's texts"),
        "took_up_theme": _("took up a theme of the company's own"),
        "took_out_theme": _("took out a theme of the company's own"),
        "estimated_errors": _("wrote down how often errors happen"),
        "exported_ledger": _("downloaded the ledger of losses"),
        "dropped_samples": _("cleared sample rows of an ended import"),
    }
    return titles.get(verb, verb.replace("_", " "))


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
