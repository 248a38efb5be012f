"""`lakmus verdict`: the one-page answer as text, JSON, HTML or PDF."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from lakmus.cli.options import Commands, add_as_of
from lakmus.cli.voice import Voice
from lakmus.history.failures import BadInput
from lakmus.history.wording import Wording

if TYPE_CHECKING:
    from lakmus.usecases.house.home import Home
    from lakmus.usecases.show_verdict import Shown

ABOUT = Wording("вердикт на одной странице", "the verdict on one page")
OUTPUT = Wording(
    "куда записать отчёт html или pdf (по умолчанию папка reports компании)",
    "where to write an html or pdf report (default the company's folder reports)",
)
COMPUTING = Wording("Считаю вердикт: {percent}", "Computing the verdict: {percent}")
UNWRITABLE = Wording(
    "Не удалось записать «{path}»: {problem}. Вердикт посчитан и не потерян; укажите другое место: --output.",
    "Could not write “{path}”: {problem}. The verdict is computed and not lost; name another place: --output.",
)


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add("verdict", ABOUT, verdict, formats=("text", "json", "html", "pdf"))
    add_as_of(parser, commands)
    parser.add_argument("--output", type=Path, default=None, metavar="FILE", help=commands.say(OUTPUT))


def verdict(asked: Namespace, voice: Voice) -> None:
    """Answer with the verdict."""
    from lakmus.cli.home import home_at

    home = home_at(asked.home)
    shown = computed(home, asked, voice)
    if voice.wants_json:
        voice.json(shown.verdict.as_json(asked.language))
    elif voice.form == "text":
        from lakmus.usecases.reports import verdict_text

        voice.text(verdict_text(shown.verdict, time_zone=company_zone(), language=voice.language).rstrip())
    else:
        voice.text(str(write_report(home, shown, asked, voice)))


def write_report(home: Home, shown: Shown, asked: Namespace, voice: Voice) -> Path:
    """Write the HTML or PDF report and return where.

    Raises
    ------
    BadInput : nothing can be written there.
    """
    from lakmus.usecases.reports import verdict_html, verdict_pdf

    zone = company_zone()
    if voice.form == "html":
        report = verdict_html(shown.verdict, time_zone=zone, language=voice.language).encode()
    else:
        report = verdict_pdf(shown.verdict, time_zone=zone, language=voice.language)
    path = asked.output or home.reports / f"verdict-{shown.as_of.astimezone(ZoneInfo(zone)):%Y-%m-%d}.{voice.form}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(report)
    except OSError as problem:
        raise BadInput("report_unwritable", UNWRITABLE.filled(path=path, problem=problem.strerror)) from problem
    return Path(path)


def company_zone() -> str:
    """Return the company's time zone."""
    from lakmus.operations.company.queries import company_terms

    return company_terms().time_zone


def computed(home: Home, asked: Namespace, voice: Voice) -> Shown:
    """Return the verdict as of the day that was asked for, telling how far its computation is."""
    from lakmus.usecases.show_verdict import show_verdict
    from lakmus.usecases.writing import percent

    def tell(share: float) -> None:
        voice.progress(voice.word(COMPUTING.filled(percent=percent(share, voice.language))))

    return show_verdict(home, as_of=asked.as_of, progress=tell, runner=getattr(asked, "runner", None))
