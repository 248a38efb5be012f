"""Invented names, addresses and numbers of customers; some families share an e-mail, some people mistype or leave out theirs.

Addresses end in example.com and example.org, which belong to nobody. Numbers begin with +7 943, a code that is valid in form.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from lakmus.simulate.draws import Draws, Whole
from lakmus.simulate.people import CITIES, People

MEN = (
    "Александр",
    "Сергей",
    "Дмитрий",
    "Андрей",
    "Алексей",
    "Иван",
    "Михаил",
    "Никита",
    "Егор",
    "Роман",
    "Олег",
    "Виктор",
    "Павел",
    "Илья",
    "Тимур",
    "Глеб",
)
WOMEN = (
    "Анна",
    "Мария",
    "Елена",
    "Ольга",
    "Наталья",
    "Ирина",
    "Татьяна",
    "Светлана",
    "Дарья",
    "Юлия",
    "Алина",
    "Ксения",
    "Вера",
    "Полина",
    "Зоя",
    "Лидия",
)
SURNAMES = (
    "Иванов",
    "Смирнов",
    "Кузнецов",
    "Попов",
    "Соколов",
    "Лебедев",
    "Козлов",
    "Новиков",
    "Морозов",
    "Волков",
    "Зайцев",
    "Павлов",
    "Семёнов",
    "Голубев",
    "Виноградов",
    "Богданов",
    "Воробьёв",
    "Фёдоров",
    "Михайлов",
    "Беляев",
    "Тарасов",
    "Белов",
    "Комаров",
    "Орлов",
    "Киселёв",
    "Макаров",
    "Андреев",
    "Ковалёв",
    "Ильин",
    "Гусев",
    "Титов",
    "Кузьмин",
    "Баранов",
    "Куликов",
    "Алексеев",
    "Степанов",
    "Яковлев",
    "Сорокин",
    "Сергеев",
    "Романов",
    "Захаров",
    "Борисов",
    "Королёв",
    "Герасимов",
    "Пономарёв",
    "Григорьев",
    "Лазарев",
    "Медведев",
    "Ершов",
    "Никитин",
    "Соболев",
    "Рябов",
    "Поляков",
    "Цветков",
    "Данилов",
    "Жуков",
    "Фролов",
    "Журавлёв",
)
PATRONYMICS = ("Александров", "Сергеев", "Дмитриев", "Андреев", "Иванов", "Михайлов", "Олегов", "Викторов", "Павлов", "Романов")
LATIN = dict(zip("абвгдеёзийклмнопрстуфхцыэьъ", "abvgdeezijklmnoprstufhcye", strict=False)) | {
    "ж": "zh",
    "ч": "ch",
    "ш": "sh",
    "щ": "sch",
    "ю": "yu",
    "я": "ya",
    "ь": "",
    "ъ": "",
}
DOMAINS = ("example.com", "example.org", "mail.example.com", "pochta.example.org")


@dataclass(frozen=True, slots=True)
class Identities:
    """What the shop knows of each customer, columns of text (customers,); null where nobody told."""

    full_name: pl.Series
    called: pl.Series
    email: pl.Series
    phone: pl.Series
    city: pl.Series
    card: pl.Series


def draw_identities(people: People, draws: Draws) -> Identities:
    """Draw what the block's customers are called and how they are reached."""
    rng, count = draws.of("identity"), people.count
    surname = rng.integers(0, len(SURNAMES), count)
    first, patronymic = rng.integers(0, len(WOMEN), count), rng.integers(0, len(PATRONYMICS), count)
    woman = pl.Series(people.woman)
    called = _by_sex(woman, pl.Series(WOMEN).gather(first), pl.Series(MEN).gather(first))
    last = _by_sex(woman, pl.Series([f"{name}а" for name in SURNAMES]).gather(surname), pl.Series(SURNAMES).gather(surname))
    father = _by_sex(
        woman,
        pl.Series([f"{name}на" for name in PATRONYMICS]).gather(patronymic),
        pl.Series([f"{name}ич" for name in PATRONYMICS]).gather(patronymic),
    )
    form = pl.Series(rng.random(count))
    full_name = pl.select(
        pl.when(form < 0.6)
        .then(pl.concat_str(last, called, father, separator=" "))
        .when(form < 0.9)
        .then(pl.concat_str(called, last, separator=" "))
        .otherwise(called)
    ).to_series()
    return Identities(
        full_name=full_name,
        called=called,
        email=_emails(people, rng, surname=surname, first=first),
        phone=_phones(people.numbers, rng),
        city=pl.Series(CITIES).gather(people.city),
        card=pl.select(
            pl.when(pl.Series(people.loyal)).then(pl.concat_str(pl.lit("77"), pl.Series(people.numbers).cast(pl.String).str.zfill(9)))
        ).to_series(),
    )


def _emails(people: People, rng: np.random.Generator, *, surname: Whole, first: Whole) -> pl.Series:
    """Compose addresses; two in a hundred are a neighbour's of the same file, two mistyped, six missing, some in capitals."""
    count = people.count
    given = _by_sex(
        pl.Series(people.woman),
        pl.Series([_latin(name) for name in WOMEN]).gather(first),
        pl.Series([_latin(name) for name in MEN]).gather(first),
    )
    family = pl.Series([_latin(name) for name in SURNAMES]).gather(surname)
    domain = pl.Series(DOMAINS).gather(rng.integers(0, len(DOMAINS), count))
    own = pl.select(pl.concat_str(given, pl.lit("."), family, pl.Series(people.numbers).cast(pl.String), pl.lit("@"), domain)).to_series()
    drawn = pl.Series(rng.random(count))
    shared = own.shift(1)
    return pl.select(
        pl.when((drawn < 0.02) & shared.is_not_null())
        .then(shared)
        .when(drawn < 0.04)
        .then(own.str.replace("example", "exmaple"))
        .when(drawn < 0.1)
        .then(None)
        .when(drawn < 0.14)
        .then(own.str.to_uppercase())
        .otherwise(own)
    ).to_series()


def _phones(numbers: Whole, rng: np.random.Generator) -> pl.Series:
    """Write numbers in the four ways people do; eight in a hundred are missing, one in a hundred has a digit too few."""
    digits = pl.Series(numbers % 10_000_000).cast(pl.String).str.zfill(7)
    a, b, c = digits.str.slice(0, 3), digits.str.slice(3, 2), digits.str.slice(5, 2)
    drawn = pl.Series(rng.random(len(numbers)))
    return pl.select(
        pl.when(drawn < 0.08)
        .then(None)
        .when(drawn < 0.5)
        .then(pl.concat_str(pl.lit("+7943"), digits))
        .when(drawn < 0.75)
        .then(pl.concat_str(pl.lit("+7 (943) "), a, pl.lit("-"), b, pl.lit("-"), c))
        .when(drawn < 0.9)
        .then(pl.concat_str(pl.lit("8943"), digits))
        .when(drawn < 0.99)
        .then(pl.concat_str(pl.lit("8 943 "), a, pl.lit(" "), b, pl.lit(" "), c))
        .otherwise(pl.concat_str(pl.lit("+7943"), digits.str.slice(0, 6)))
    ).to_series()


def _by_sex(woman: pl.Series, hers: pl.Series, his: pl.Series) -> pl.Series:
    return pl.select(pl.when(woman).then(hers).otherwise(his)).to_series()


def _latin(name: str) -> str:
    return "".join(LATIN.get(letter, letter) for letter in name.lower())
