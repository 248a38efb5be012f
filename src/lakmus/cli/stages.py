"""One command for each stage of the analysis: signals, risk, errors, causes, money, measures, proof."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from lakmus.cli import backtest_text, cause_pages, signal_pages, stage_text
from lakmus.cli.options import Commands, add_as_of
from lakmus.cli.verdicts import computed
from lakmus.cli.voice import Voice
from lakmus.history.wording import Wording

if TYPE_CHECKING:
    from lakmus.usecases.house.home import Home
    from lakmus.usecases.show_stages import Segment
    from lakmus.usecases.show_verdict import Shown

CUSTOMER = Wording("один клиент", "one customer")
STATE = Wording(
    "только в этом состоянии: warm, cooling, cold, lost, …; можно повторять", "only in this state: warm, cooling, cold, lost, …; repeatable"
)
PLACE = Wording("только из этого города", "only from this place")
LIMIT = Wording("не больше стольких строк (текст: 30, json: все)", "at most so many rows (text: 30, json: all)")
CODE = Wording("только этот вид ошибки", "only this kind of error")
IN_WINDOW = Wording("только за последние 12 месяцев", "only of the last 12 months")
ABOUT = {
    "signals": Wording("признаки: что изменилось у клиентов", "signals: what changed with customers"),
    "risk": Wording("вероятность ухода каждого клиента", "each customer's probability of leaving"),
    "backtest": Wording("проверка на собственном прошлом компании", "the company's own past as judge"),
    "errors": Wording("ошибки сервиса с доказательствами", "service errors with their evidence"),
    "causes": Wording("насколько чаще уходят из-за каждой ошибки", "how much more often customers leave because of each error"),
    "money": Wording("во что обходятся потери", "what losses cost"),
    "measures": Wording("кому позвонить и кого не трогать", "whom to call and whom to leave alone"),
    "proof": Wording("что доказано случайными группами", "what randomised groups have proved"),
}
STATES = ("warm", "cooling", "cold", "lost", "one_time", "new", "no_orders")
TEXT_ROWS = 30


def add_to(commands: Commands) -> None:
    """Add the commands."""
    for name, run in (
        ("signals", signals),
        ("errors", errors),
        ("causes", causes),
        ("money", money),
        ("measures", measures),
        ("proof", proof),
    ):
        parser = commands.add(name, ABOUT[name], run)
        add_as_of(parser, commands)
        if name not in ("causes", "proof"):
            _add_segment(parser, commands)
        if name == "errors":
            parser.add_argument("--code", default="", help=commands.say(CODE))
            parser.add_argument("--in-window", action="store_true", help=commands.say(IN_WINDOW))
        if name == "signals":
            signal_pages.add_below(parser, commands)
        if name == "causes":
            cause_pages.add_below(parser, commands)
    parser = commands.add("risk", ABOUT["risk"], risk)
    add_as_of(parser, commands)
    _add_segment(parser, commands)
    below = commands.under(parser, "what", required=False)
    add_as_of(below.add("backtest", ABOUT["backtest"], backtest), commands, inherited=True)


def _add_segment(parser: ArgumentParser, commands: Commands) -> None:
    parser.add_argument("--customer", default="", metavar="ID", help=commands.say(CUSTOMER))
    parser.add_argument("--state", action="append", default=[], choices=STATES, metavar="STATE", help=commands.say(STATE))
    parser.add_argument("--place", default="", help=commands.say(PLACE))
    parser.add_argument("--limit", type=int, default=None, metavar="N", help=commands.say(LIMIT))


def signals(asked: Namespace, voice: Voice) -> None:
    """Answer with the signals."""
    home, shown = _seen(asked, voice)
    from lakmus.usecases.show_stages import show_signals

    _answer(voice, asked, show_signals(home, shown, _segment(asked, voice)), stage_text.signals)


def risk(asked: Namespace, voice: Voice) -> None:
    """Answer with the risk of customers."""
    home, shown = _seen(asked, voice)
    from lakmus.usecases.show_stages import show_risk

    _answer(voice, asked, show_risk(home, shown, _segment(asked, voice)), stage_text.risk)


def backtest(asked: Namespace, voice: Voice) -> None:
    """Answer with the check on the company's past."""
    home, shown = _seen(asked, voice)
    from lakmus.usecases.risk.show_backtest import show_backtest
    from lakmus.usecases.risk.show_checks import judged_by_everybody

    _answer(voice, asked, show_backtest(shown, judged_by_everybody(home, shown)), backtest_text.backtest)


def errors(asked: Namespace, voice: Voice) -> None:
    """Answer with service errors."""
    from lakmus.cli.home import home_at

    home = home_at(asked.home)
    from lakmus.usecases.causes.pages import check_code
    from lakmus.usecases.show_stages import show_errors

    if asked.code:
        check_code(asked.code)
    shown = computed(home, asked, voice)
    answer = show_errors(home, shown, _segment(asked, voice), code=asked.code, in_window=asked.in_window)
    _answer(voice, asked, answer, stage_text.errors)


def causes(asked: Namespace, voice: Voice) -> None:
    """Answer with the differences by exposure."""
    _, shown = _seen(asked, voice)
    from lakmus.usecases.show_stages import show_causes

    _answer(voice, asked, show_causes(shown), stage_text.causes)


def money(asked: Namespace, voice: Voice) -> None:
    """Answer with what losses cost."""
    home, shown = _seen(asked, voice)
    from lakmus.usecases.show_stages import show_money

    _answer(voice, asked, show_money(home, shown, _segment(asked, voice)), stage_text.money)


def measures(asked: Namespace, voice: Voice) -> None:
    """Answer with Monday's list."""
    home, shown = _seen(asked, voice)
    from lakmus.usecases.show_stages import show_measures

    _answer(voice, asked, show_measures(home, shown, _segment(asked, voice)), stage_text.measures)


def proof(asked: Namespace, voice: Voice) -> None:
    """Answer with the experiments, or that there are none."""
    _, shown = _seen(asked, voice)
    from lakmus.usecases.show_stages import show_proof

    _answer(voice, asked, show_proof(shown), stage_text.proof)


def _seen(asked: Namespace, voice: Voice) -> tuple[Home, Shown]:
    from lakmus.cli.home import home_at

    home = home_at(asked.home)
    return home, computed(home, asked, voice)


def _segment(asked: Namespace, voice: Voice) -> Segment:
    from lakmus.usecases.show_stages import Segment

    limit = asked.limit if asked.limit is not None else None if voice.wants_json else TEXT_ROWS
    return Segment(asked.customer, tuple(asked.state), asked.place, limit)


def _answer(voice: Voice, asked: Namespace, answer: dict[str, Any], written: stage_text.Written) -> None:
    if voice.wants_json:
        voice.json(in_one_language(answer, asked.language) if asked.language else answer)
    else:
        voice.text(written(answer, voice.language))


def in_one_language(answer: Any, language: str) -> Any:
    """Return the answer with each text in one language where it stands in both."""
    if isinstance(answer, dict):
        if answer.keys() == {"ru", "en"}:
            return answer[language]
        return {name: in_one_language(part, language) for name, part in answer.items()}
    return [in_one_language(part, language) for part in answer] if isinstance(answer, list) else answer
