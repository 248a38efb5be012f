"""`lakmus definition`: what "lost" means, what another definition would move, and the change of it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from lakmus.cli.options import Commands, add_as_of
from lakmus.cli.verdicts import computed
from lakmus.cli.voice import Voice, columns
from lakmus.history.failures import BadInput
from lakmus.history.wording import Wording
from lakmus.usecases.writing import day, number

if TYPE_CHECKING:
    from lakmus.history.company import LossTerms

ABOUT = Wording("что значит «ушёл»: карточка и все версии", "what “lost” means: the card and all versions")
PREVIEW = Wording("что изменило бы другое определение; ничего не сохраняет", "what another definition would move; saves nothing")
CHANGE = Wording("сохранить определение новой версией", "save a definition as a new version")
TAKE_UP = Wording("вернуться к версии; 0 – выбранная по данным", "take up a version; 0 is the one chosen by the data")
BASIS = Wording(
    "data (по данным), purchases (только молчание), contract (только договор)", "data, purchases (silence alone), contract (alone)"
)
HORIZON = Wording("дней без покупки; без этого выбирают данные", "days without a purchase; without it the data choose")
LEAST = Wording("считать с такого числа дней с покупкой (2)", "counted from so many days with a purchase on (2)")
BY = Wording("свой срок по: place, channel", "own horizons by: place, channel")
OWN = Wording("свой срок сегмента; можно повторять", "a segment's own horizon; repeatable")
NOTE = Wording("почему, одной строкой", "why, in a line")
NUMBER = Wording("номер версии", "number of the version")
NO_PAIR = Wording(
    "«{written}» не разобрать: нужно СЕГМЕНТ=ДНИ, например Омск=30. Ничего не изменилось.",
    "“{written}” cannot be read: SEGMENT=DAYS is needed, such as Omsk=30. Nothing was changed.",
)
COUNTS = Wording("|сейчас|станет", "|now|would be")
ROWS = {
    "lost": Wording("ушли за 12 месяцев", "lost in 12 months"),
    "staying": Wording("остаются", "staying"),
    "counted": Wording("всего в счёте", "counted in all"),
}
MOVED = Wording("Стали бы потерянными: {newly}. Перестали бы ими быть: {back}.", "Would become lost: {newly}. Would no longer be: {back}.")
VERSIONS = Wording("номер|что в ней сказано|кто|когда|", "number|what it says|who|when|")
IN_USE = Wording("используется", "in use")
TAKEN = Wording("Действует версия {number}: {words}.", "Version {number} is in use: {words}.")


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add("definition", ABOUT, card)
    add_as_of(parser, commands)
    below = commands.under(parser, "what", required=False)
    under = below.add("preview", PREVIEW, preview)
    add_as_of(under, commands, inherited=True)
    _add_terms(under, commands)
    under = below.add("change", CHANGE, change)
    _add_terms(under, commands)
    under.add_argument("--note", default="", help=commands.say(NOTE))
    below.add("take-up", TAKE_UP, take_up).add_argument("number", type=int, metavar="N", help=commands.say(NUMBER))


def _add_terms(parser: ArgumentParser, commands: Commands) -> None:
    parser.add_argument("--basis", default="data", metavar="BASIS", help=commands.say(BASIS))
    parser.add_argument("--horizon", default=None, metavar="DAYS", help=commands.say(HORIZON))
    parser.add_argument("--least", default=2, metavar="N", help=commands.say(LEAST))
    parser.add_argument("--by", default="", metavar="BY", help=commands.say(BY))
    parser.add_argument("--own", action="append", default=[], metavar="SEGMENT=DAYS", help=commands.say(OWN))


def card(asked: Namespace, voice: Voice) -> None:
    """Answer with the card and the versions."""
    from lakmus.cli.home import home_at

    shown = computed(home_at(asked.home), asked, voice)
    from lakmus.usecases.risk.loss_definition import definition_told

    told = definition_told(shown, language=asked.language if voice.wants_json else voice.language)
    if voice.wants_json:
        voice.json(told)
        return
    rows = [
        [
            number(version["number"], voice.language),
            version["words"],
            version["author"],
            day(version["created_at"], voice.language) if version["created_at"] else "",
            voice.word(IN_USE) if version["used"] else "",
        ]
        for version in told["versions"]
    ]
    table = columns([voice.word(VERSIONS).split("|"), *rows], right=(0,))
    voice.text(f"{told['definition']['text']}\n{told['definition']['eligibility']}\n\n{table}")


def preview(asked: Namespace, voice: Voice) -> None:
    """Answer with what other terms would move."""
    from lakmus.cli.home import home_at

    home = home_at(asked.home)
    terms = _terms(asked)
    shown = computed(home, asked, voice)
    from lakmus.usecases.risk.loss_definition import preview_told

    told = preview_told(home, shown, terms, language=asked.language if voice.wants_json else voice.language)
    if voice.wants_json:
        voice.json(told)
        return
    rows = [
        [words.in_language(voice.language), *(number(told[side][name], voice.language) for side in ("before", "after"))]
        for name, words in ROWS.items()
    ]
    moved = voice.word(MOVED.filled(newly=number(told["newly_lost"], voice.language), back=number(told["no_longer_lost"], voice.language)))
    voice.text(f"{told['words']}\n\n{columns([voice.word(COUNTS).split('|'), *rows], right=(1, 2))}\n\n{moved}")


def change(asked: Namespace, voice: Voice) -> None:
    """Keep the terms as a new version and take it up."""
    from lakmus.cli.home import home_at

    home_at(asked.home)
    from lakmus.usecases.risk.loss_definition import change_definition

    _told(change_definition(actor=None, terms=_terms(asked), note=asked.note), voice)


def take_up(asked: Namespace, voice: Voice) -> None:
    """Take up a version."""
    from lakmus.cli.home import home_at

    home_at(asked.home)
    from lakmus.usecases.risk.loss_definition import take_up_definition

    _told(take_up_definition(actor=None, number=asked.number), voice)


def _told(terms: LossTerms, voice: Voice) -> None:
    from dataclasses import asdict

    from lakmus.usecases.risk.loss_definition import said

    if voice.wants_json:
        voice.json(asdict(terms))
    else:
        voice.text(voice.word(TAKEN.filled(number=terms.version, words=said(terms))))


def _terms(asked: Namespace) -> LossTerms:
    from lakmus.history.company import LossTerms

    own: dict[str, Any] = {}
    for written in asked.own:
        segment, equals, days = written.rpartition("=")
        if not equals or not segment:
            raise BadInput("bad_loss_segments", NO_PAIR.filled(written=written[:60]))
        own[segment] = days
    return LossTerms(0, "" if asked.basis == "data" else asked.basis, asked.horizon, asked.least, asked.by, own)
