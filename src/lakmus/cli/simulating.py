"""`lakmus simulate`: the files of an invented company, and the truth about it."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from lakmus.cli.options import Commands
from lakmus.cli.voice import Voice
from lakmus.history.wording import Wording

ABOUT = Wording(
    "создать файлы придуманного магазина и truth.json с правдой о нём",
    "write the files of an invented shop, and truth.json with the truth about it",
)
DIRECTORY = Wording("куда писать файлы", "where to write the files")
CUSTOMERS = Wording("сколько клиентов (2000)", "how many customers (2000)")
MONTHS = Wording("сколько месяцев истории (24)", "how many months of history (24)")
SEED = Wording("зерно случайности: одинаковое даёт одинаковые файлы (1)", "seed: the same one gives the same files (1)")
SCENARIO = Wording(
    "файл TOML или имя: default, quiet, late_deliveries, slow_desk, confounded",
    "a TOML file or a name: default, quiet, late_deliveries, slow_desk, confounded",
)
DOING = Wording("Моделирую: {done} из {total} клиентов", "Simulating: {done} of {total} customers")
DONE = Wording(
    "Файлы магазина в {directory}: клиентов {customers}, заказов {orders}, с {start} до {end}. Правда о нём – в truth.json.",
    "The shop's files are in {directory}: {customers} customers, {orders} orders, {start} to {end}. The truth is in truth.json.",
)


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add("simulate", ABOUT, simulate)
    parser.add_argument("directory", type=Path, metavar="DIR", help=commands.say(DIRECTORY))
    parser.add_argument("--customers", type=int, default=2000, metavar="N", help=commands.say(CUSTOMERS))
    parser.add_argument("--months", type=int, default=24, metavar="M", help=commands.say(MONTHS))
    parser.add_argument("--seed", type=int, default=1, metavar="S", help=commands.say(SEED))
    parser.add_argument("--scenario", default=None, metavar="FILE", help=commands.say(SCENARIO))


def simulate(asked: Namespace, voice: Voice) -> None:
    """Write the files and say what stands in them."""
    from dataclasses import asdict

    from lakmus.simulate.company import load_scenario, simulate_company
    from lakmus.usecases.writing import number

    summary = simulate_company(
        asked.directory,
        customers=asked.customers,
        months=asked.months,
        seed=asked.seed,
        scenario=load_scenario(asked.scenario),
        progress=lambda done: voice.progress(voice.word(DOING.filled(done=done, total=asked.customers))),
    )
    if voice.wants_json:
        voice.json(asdict(summary))
        return
    told = {name: number(getattr(summary, name), voice.language) for name in ("customers", "orders")}
    voice.text(voice.word(DONE.filled(directory=summary.directory, start=summary.start, end=summary.end, **told)))
