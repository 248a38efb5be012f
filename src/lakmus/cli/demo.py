"""`lakmus demo`: a simulated shop, imported, computed and served. A second start goes on with what is there."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from lakmus.cli.options import Commands
from lakmus.cli.voice import Voice, columns
from lakmus.history.wording import Wording

if TYPE_CHECKING:
    from lakmus.usecases.house.home import Home
    from lakmus.usecases.show_verdict import Shown

ABOUT = Wording("показать продукт на придуманном магазине: файлы, загрузка, вердикт, страницы", "show the product on an invented shop")
CUSTOMERS = Wording("сколько клиентов (2000)", "how many customers (2000)")
MONTHS = Wording("сколько месяцев истории (24)", "how many months of history (24)")
SEED = Wording("зерно случайности (1)", "seed (1)")
NO_SERVE = Wording("без открытия страниц", "do not serve the pages")
SIMULATING = Wording(
    "Моделирую магазин: клиентов {customers}, месяцев {months} → {folder}",
    "Simulating a shop: {customers} customers, {months} months → {folder}",
)
IMPORTING = Wording("Загружаю файлы, как загрузил бы их магазин…", "Importing the files as a shop would…")
COMPUTING = Wording("Считаю вердикт…", "Computing the verdict…")
REUSED = Wording("Магазин уже загружен: {home}", "The shop was imported before: {home}")
LOGINS = Wording("Вход (пароли лежат и в {path}):", "Log in as (the passwords are also in {path}):")
LOGINS_KNOWN = Wording(
    "Пользователи созданы раньше; пароли напечатаны тогда и лежат в {path}.",
    "The users were made before; their passwords were printed then and are in {path}.",
)
PASSWORDS = "demo-passwords.txt"


def add_to(commands: Commands) -> None:
    """Add the command."""
    from lakmus.cli.serving import add_address

    parser = commands.add("demo", ABOUT, demo, formats=("text",))
    add_address(parser, commands)
    parser.add_argument("--customers", type=int, default=2000, metavar="N", help=commands.say(CUSTOMERS))
    parser.add_argument("--months", type=int, default=24, metavar="M", help=commands.say(MONTHS))
    parser.add_argument("--seed", type=int, default=1, metavar="S", help=commands.say(SEED))
    parser.add_argument("--no-serve", action="store_true", help=commands.say(NO_SERVE))


def demo(asked: Namespace, voice: Voice) -> int:
    """Simulate, import, compute, tell the logins, serve."""
    from lakmus.cli.home import home_at
    from lakmus.cli.serving import check_port, run_servers

    if not asked.no_serve:
        check_port(asked.host, asked.port)
    home = home_at(asked.home, create=True)
    from lakmus.usecases.prepare_pages import ask_for_pages
    from lakmus.usecases.show_verdict import has_data, show_verdict

    if has_data(home):
        voice.message(REUSED.filled(home=home.path))
    else:
        _bring_in(home, _simulated(asked, home.path.parent / "files", voice), voice)
    voice.message(COMPUTING)
    shown = show_verdict(home)
    _tell_verdict(shown, voice)
    ask_for_pages(shown)
    _tell_logins(home, voice)
    return 0 if asked.no_serve else run_servers(home.path, asked, voice)


def _simulated(asked: Namespace, folder: Path, voice: Voice) -> list[Path]:
    from lakmus.simulate.company import load_scenario, simulate_company

    voice.message(SIMULATING.filled(customers=asked.customers, months=asked.months, folder=folder))
    simulate_company(folder, customers=asked.customers, months=asked.months, seed=asked.seed, scenario=load_scenario(None))
    return sorted(folder.glob("*.csv"))


def _bring_in(home: Home, paths: list[Path], voice: Voice) -> None:
    from lakmus.cli.importing import readable, tell, written_report
    from lakmus.usecases.imports.import_files import plan_import
    from lakmus.usecases.imports.import_jobs import run_here

    voice.message(IMPORTING)
    plan, _ = readable(plan_import(home, paths), voice)
    report = run_here(home, plan, actor=None, progress=lambda step, done, expected: tell(voice, step, done))
    voice.message(written_report(report, voice))


def _tell_verdict(shown: Shown, voice: Voice) -> None:
    from lakmus.cli.verdicts import company_zone
    from lakmus.usecases.reports.plain import answer
    from lakmus.usecases.reports.telling import tell

    told = tell(shown.verdict, time_zone=company_zone(), language=voice.language)
    voice.text(f"\n{answer(told)}\n")


def _tell_logins(home: Home, voice: Voice) -> None:
    """Print the first users' passwords once; for the demonstration they also lie beside the secret key, readable by its owner alone."""
    from lakmus.usecases.house.keep_house import add_first_users

    path = home.path / "keys" / PASSWORDS
    made = add_first_users()
    if not made:
        if path.exists():
            voice.message(LOGINS_KNOWN.filled(path=path))
        return
    rows = [[user.username, user.password, voice.word(user.role.title)] for user in made]
    written = columns(rows)
    path.touch(mode=0o600)
    path.write_text(written + "\n", encoding="utf-8")
    voice.text(f"{voice.word(LOGINS.filled(path=path))}\n{written}")
