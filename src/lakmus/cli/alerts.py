"""`lakmus alerts …`: to whom alerts go, what came of it, and the rule by which they are given; the alerts: `lakmus signals alerts`."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import fields
from typing import Any

from lakmus.cli.options import Commands
from lakmus.cli.verdicts import computed
from lakmus.cli.voice import Voice, columns
from lakmus.history.wording import Wording
from lakmus.usecases.writing import moment, number

ABOUT = Wording("доставка тревог и их правило", "delivery of alerts, and their rule")
ABOUT_LOOK = Wording(
    "найти новые тревоги и отправить всё, чему пришло время; без рабочего процесса, например по расписанию",
    "find new alerts and send all that is due; without the worker, such as on a schedule",
)
ABOUT_TO = Wording("кому уходят тревоги; без параметров показывает", "to whom alerts go; shows it when nothing is given")
ABOUT_TEST = Wording("отправить пробу сейчас", "send a test now")
ABOUT_SECRET = Wording("создать новый секрет вебхука и показать его один раз", "make a new secret for the webhook and show it once")
ABOUT_LOG = Wording("что вышло из последних отправлений", "what came of the last messages")
ABOUT_RULE = Wording(
    "изменяемое правило: показать, испытать на прошлом годе, принять (--yes)", "the editable rule: show, try on the past year, take (--yes)"
)
MAIL = Wording("получатели писем, через запятую", "recipients of letters, with commas between")
NO_MAIL = Wording("не слать писем", "send no letters")
WEBHOOK = Wording("адрес приёмника", "address of the receiver")
NO_WEBHOOK = Wording("не слать в программу", "send nothing to a program")
SITE = Wording("адрес сайта для ссылок", "address of the site, for links")
HOUR = Wording("письмо не раньше этого часа (0–23)", "no letter before this hour (0–23)")
LETTERS = Wording("язык писем", "language of the letters")
CHANNEL = Wording("mail или webhook", "mail or webhook")
CHANGE = Wording("изменение не меньше, %%", "a change of at least, %%")
COUNT = Wording("и не меньше стольких покупок", "and of at least so many purchases")
QUIET = Wording("молчать о том же потом, недель", "silence about the same afterwards, weeks")
DIRECTION = Wording("down, up или both", "down, up or both")
GROUPS = Wording("группы через запятую: place, channel, product", "groups with commas between: place, channel, product")
YES = Wording("принять правило", "take the rule")
RESTORE = Wording("вернуть исходное правило", "back to the rule as it ships")
LOOKED = Wording("Новых тревог: {told}. Отправлено: {sent}, не вышло: {failed}.", "New alerts: {told}. Sent: {sent}, failed: {failed}.")
TO = Wording("Письма: {mail}. Программа: {webhook}. Адрес сайта: {site}.", "Letters: {mail}. Program: {webhook}. Site: {site}.")
NOBODY = Wording("нет", "none")
SECRET = Wording("Секрет (больше не покажем): {secret}", "Secret (not shown again): {secret}")
LOG_HEAD = Wording("когда|что|кому|состояние|итог|попыток", "when|what|to|state|outcome|attempts")
EMPTY = Wording("Пока ничего не отправляли.", "Nothing was sent yet.")
YEAR = Wording(
    "{title}\nЗа прошлый год: тревог {would_be}; по действующему правилу {in_force}.",
    "{title}\nIn the past year: {would_be} alerts; {in_force} by the rule in force.",
)
NOT_TAKEN = Wording("Ничего не изменилось; принять: --yes.", "Nothing was changed; take it with --yes.")
TAKEN = Wording("Правило принято.", "The rule is taken.")
LOG_ROWS = 20
FIGURES = ("least_change", "least_count", "cool_down_weeks", "direction", "groups")


def add_to(commands: Commands) -> None:
    """Add the commands."""
    below = commands.under(commands.add("alerts", ABOUT, None), "what")
    below.add("look", ABOUT_LOOK, look)
    to = below.add("deliver-to", ABOUT_TO, deliver_to)
    for flag, about in (("--mail", MAIL), ("--webhook", WEBHOOK), ("--site", SITE)):
        to.add_argument(flag, default=None, metavar="ADDRESS", help=commands.say(about))
    to.add_argument("--no-mail", action="store_true", help=commands.say(NO_MAIL))
    to.add_argument("--no-webhook", action="store_true", help=commands.say(NO_WEBHOOK))
    to.add_argument("--hour", type=int, default=None, metavar="HOUR", help=commands.say(HOUR))
    to.add_argument("--letters", choices=("ru", "en"), default=None, help=commands.say(LETTERS))
    test = below.add("test", ABOUT_TEST, send_test)
    test.add_argument("channel", choices=("mail", "webhook"), help=commands.say(CHANNEL))
    below.add("secret", ABOUT_SECRET, secret)
    below.add("log", ABOUT_LOG, log)
    rule = below.add("rule", ABOUT_RULE, try_rule)
    for flag, about in (("--least-change", CHANGE), ("--least-count", COUNT)):
        rule.add_argument(flag, type=float, default=None, metavar="N", help=commands.say(about))
    rule.add_argument("--cool-down-weeks", type=int, default=None, metavar="N", help=commands.say(QUIET))
    rule.add_argument("--direction", choices=("down", "up", "both"), default=None, help=commands.say(DIRECTION))
    rule.add_argument("--groups", default=None, metavar="GROUPS", help=commands.say(GROUPS))
    rule.add_argument("--yes", action="store_true", help=commands.say(YES))
    rule.add_argument("--restore", action="store_true", help=commands.say(RESTORE))


def look(asked: Namespace, voice: Voice) -> None:
    """Find what is news, and send what is due."""
    home = _home(asked)
    from lakmus.usecases.alerts.deliver_alerts import deliver_due
    from lakmus.usecases.alerts.tell_alerts import tell_alerts

    asked.as_of = None
    told = tell_alerts(home, computed(home, asked, voice))
    ended = deliver_due()
    answer = {"told": len(told), "sent": sum(row.state == "sent" for row in ended), "failed": sum(row.state != "sent" for row in ended)}
    voice.json(answer) if voice.wants_json else voice.text(voice.word(LOOKED.filled(**answer)))


def deliver_to(asked: Namespace, voice: Voice) -> None:
    """Change to whom alerts go, or show it."""
    _home(asked)
    from lakmus.operations.alerts.queries import delivery_terms
    from lakmus.usecases.alerts.deliver_alerts import change_delivery, webhook_secret

    had = bool(delivery_terms().secret_mark)
    terms: dict[str, Any] = {}
    if asked.mail is not None:
        terms |= {"mail_is_on": True, "recipients": [part.strip() for part in asked.mail.split(",") if part.strip()]}
    if asked.webhook is not None:
        terms |= {"webhook_is_on": True, "webhook_address": asked.webhook.strip()}
    terms |= {
        name: given
        for name, given in (("site_address", asked.site), ("mail_hour", asked.hour), ("mail_language", asked.letters))
        if given is not None
    }
    terms |= {"mail_is_on": False} if asked.no_mail else {}
    terms |= {"webhook_is_on": False} if asked.no_webhook else {}
    now = change_delivery(actor=None, **terms) if terms else delivery_terms()
    secret_once = webhook_secret() if now.secret_mark and not had else None
    shown = {
        "mail": now.recipients if now.mail_is_on else [],
        "webhook": now.webhook_address if now.webhook_is_on else None,
        "site": now.site_address or None,
    }
    if voice.wants_json:
        voice.json(shown | {"mail_hour": now.mail_hour, "mail_language": now.mail_language, "secret": secret_once})
        return
    nobody = voice.word(NOBODY)
    said = {"mail": ", ".join(shown["mail"]) or nobody, "webhook": shown["webhook"] or nobody, "site": shown["site"] or nobody}
    voice.text(voice.word(TO.filled(**said)))
    if secret_once:
        voice.text(voice.word(SECRET).format(secret=secret_once))


def send_test(asked: Namespace, voice: Voice) -> int:
    """Send a test now, and say what came of it."""
    _home(asked)
    from lakmus.usecases.alerts.deliver_alerts import deliver_now, queue_test

    rows = [_row(row) for row in deliver_now(queue_test(asked.channel, actor=None))]
    _say_log(rows, voice)
    return 0 if all(row["state"] == "sent" for row in rows) else 1


def secret(asked: Namespace, voice: Voice) -> None:
    """Make a new secret."""
    _home(asked)
    from lakmus.usecases.alerts.deliver_alerts import renew_secret

    fresh = renew_secret(actor=None)
    voice.json({"secret": fresh}) if voice.wants_json else voice.text(voice.word(SECRET).format(secret=fresh))


def log(asked: Namespace, voice: Voice) -> None:
    """Say what came of the last messages."""
    _home(asked)
    from lakmus.operations.alerts.queries import dispatches

    _say_log([_row(row) for row in dispatches()[:LOG_ROWS]], voice)


def try_rule(asked: Namespace, voice: Voice) -> None:
    """Show the rule, try another one on the past year, take it, or go back to the one that ships."""
    home = _home(asked)
    from lakmus.usecases.alerts import alert_rules

    if asked.restore:
        alert_rules.restore_rule(actor=None)
    standing = alert_rules.standing_rule().watch
    figures = {name: getattr(standing.rule, name) for name in FIGURES[:-1]} | {"dimensions": standing.dimensions}
    given = {name: getattr(asked, name) for name in FIGURES if getattr(asked, name) is not None}
    if "least_change" in given:
        given["least_change"] /= 100
    if "groups" in given:
        given["dimensions"] = [part.strip() for part in given.pop("groups").split(",")]
    proposed = alert_rules.proposed_rule(**figures | given)
    asked.as_of = None
    preview = alert_rules.preview_rule(home, computed(home, asked, voice), proposed)
    if asked.yes and given:
        alert_rules.change_rule(actor=None, **figures | given)
    if voice.wants_json:
        rule = {field.name: getattr(proposed.rule, field.name) for field in fields(proposed.rule)}
        told: dict[str, Any] = {"rule": rule, "groups": proposed.dimensions}
        told |= {"in_force": preview.in_force, "would_be": preview.would_be, "months": preview.months}
        voice.json(told | {"shortage": preview.shortage, "taken": bool(asked.yes and given)})
        return
    figures_said = {"would_be": number(preview.would_be, voice.language), "in_force": number(preview.in_force, voice.language)}
    voice.text(voice.word(YEAR.filled(title=proposed.rule.title, **figures_said)))
    if given:
        voice.text(voice.word(TAKEN if asked.yes else NOT_TAKEN))


def _home(asked: Namespace) -> Any:
    from lakmus.cli.home import home_at

    return home_at(asked.home)


def _row(row: Any) -> dict[str, Any]:
    named = (
        "channel",
        "message_id",
        "receiver",
        "subject",
        "is_test",
        "state",
        "outcome",
        "status",
        "attempt_count",
        "created_at",
        "due_at",
    )
    return {name: getattr(row, name) for name in named}


def _say_log(rows: list[dict[str, Any]], voice: Voice) -> None:
    from lakmus.usecases.alerts.deliver_alerts import OUTCOMES

    if voice.wants_json:
        voice.json({"messages": rows})
        return
    if not rows:
        voice.text(voice.word(EMPTY))
        return
    lines = [
        [
            moment(row["created_at"], voice.language),
            row["subject"],
            row["receiver"] or row["channel"],
            row["state"],
            (voice.word(OUTCOMES[row["outcome"]]) if row["outcome"] in OUTCOMES else "") + (f" ({row['status']})" if row["status"] else ""),
            number(row["attempt_count"], voice.language),
        ]
        for row in rows
    ]
    voice.text(columns([voice.word(LOG_HEAD).split("|"), *lines], right=range(5, 6)))
