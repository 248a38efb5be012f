"""`lakmus doctor`: is everything in order, and what to do where it is not."""

from __future__ import annotations

from argparse import Namespace

from lakmus.cli.options import Commands
from lakmus.cli.voice import Voice
from lakmus.history.wording import Wording

ABOUT = Wording("проверить, всё ли в порядке", "check whether everything is in order")
DEEP = Wording("проверить и каждую запись истории (дольше)", "check every record of the history, too (takes longer)")
GOOD, BAD = "✓", "✗"
ALL_WELL = Wording("Всё в порядке.", "Everything is in order.")
NOT_WELL = Wording("Не в порядке: {count}.", "Not in order: {count}.")


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add("doctor", ABOUT, doctor)
    parser.add_argument("--deep", action="store_true", help=commands.say(DEEP))


def doctor(asked: Namespace, voice: Voice) -> int:
    """Say what was looked at; exit code 1 when something is not in order."""
    from lakmus.cli.home import home_at

    home = home_at(asked.home)
    from lakmus.usecases.house.check_health import check_health

    findings = check_health(home, deep=asked.deep)
    wrong = sum(not finding.ok for finding in findings)
    if voice.wants_json:
        told = [{"code": finding.code, "ok": finding.ok, "title": finding.title, "words": finding.words} for finding in findings]
        voice.json({"ok": not wrong, "findings": told})
    else:
        for finding in findings:
            voice.text(f"{GOOD if finding.ok else BAD} {voice.word(finding.title)}: {voice.word(finding.words)}")
        voice.message(NOT_WELL.filled(count=wrong) if wrong else ALL_WELL)
    return 1 if wrong else 0
