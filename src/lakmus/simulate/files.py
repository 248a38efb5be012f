"""The CSV files of a simulated company: opened once, written block by block, as a Russian shop exports them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from datetime import datetime, time
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import numpy as np
import polars as pl

from lakmus.simulate.draws import NEVER, Whole
from lakmus.simulate.season import Season

HEADERS: dict[str, tuple[str, ...]] = {
    "customers": ("ID клиента", "ФИО", "E-mail", "Телефон", "Город", "Дата регистрации", "Карта лояльности"),
    "orders": ("Номер заказа", "Дата заказа", "ID клиента", "Сумма", "Канал", "Город", "Статус"),
    "order_lines": ("Номер заказа", "Артикул", "Товар", "Количество", "Цена", "Сумма строки"),
    "deliveries": ("Номер заказа", "Обещанная дата доставки", "Фактическая дата доставки", "Способ доставки"),
    "returns": ("Номер возврата", "Номер заказа", "Дата возврата", "Артикул", "Количество", "Сумма возврата", "Причина возврата"),
    "cases": (
        "Номер обращения",
        "Дата обращения",
        "ID клиента",
        "Номер заказа",
        "Канал",
        "Тема",
        "Сотрудник",
        "Статус",
        "Дата закрытия",
        "Дата повторного открытия",
    ),
    "messages": ("Номер обращения", "Дата", "Автор", "Сотрудник", "Канал", "Текст"),
    "reviews": ("ID отзыва", "Дата", "ID клиента", "Номер заказа", "Площадка", "Оценка", "Текст", "Дата ответа", "Ответ"),
    "surveys": (
        "ID клиента",
        "Дата отправки",
        "Опрос",
        "Дата ответа",
        "Оценка",
        "Комментарий",
        "Номер обращения",
        "Номер заказа",
        "Дата ответа компании",
        "Ответ компании",
    ),
    "offers": ("ID клиента", "Дата предложения", "Предложение", "Артикул", "Товар", "Канал", "Текст"),
    "preferences": ("ID клиента", "Дата пожелания", "Вид пожелания", "Пожелание", "Что произошло", "Номер заказа"),
    "checkout": ("Дата события", "ID клиента", "Событие оформления", "Страница", "Сумма корзины", "Причина отказа"),
    "visits": ("ID клиента", "Дата", "Страница", "Длительность, мин"),
    "loyalty": ("ID клиента", "Дата", "Операция", "Баллы", "Номер заказа"),
    "automatic_messages": ("ID клиента", "Дата", "Шаблон", "Номер заказа", "Канал", "Текст"),
    "charges": ("Номер заказа", "Дата операции", "Операция", "Сумма операции", "Способ оплаты"),
    "telephone": ("Дата звонка", "ID клиента", "Направление", "Результат звонка", "Ожидание, сек", "Разговор, мин", "Оператор", "Тема"),
    "contacts": ("ID клиента", "Дата", "Номер заказа", "Канал", "Тема", "Сотрудник", "Текст"),
}


class CompanyFiles:
    """Every file of the company, open for writing; use as a context."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._stack = ExitStack()
        self._open: dict[str, BinaryIO] = {}
        self.rows = dict.fromkeys(HEADERS, 0)
        self._told: list[pl.DataFrame] = []

    def __enter__(self) -> CompanyFiles:
        for name, header in HEADERS.items():
            self._open[name] = self._stack.enter_context((self._directory / f"{name}.csv").open("wb"))
            self._open[name].write((";".join(header) + "\n").encode())
        return self

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.close()

    def write(self, name: str, rows: pl.DataFrame) -> None:
        """Append rows whose columns stand in the order of the file's header."""
        if rows.width != len(HEADERS[name]):
            raise ValueError(f"{name} has {len(HEADERS[name])} columns, not {rows.width}")
        rows.write_csv(
            self._open[name],
            include_header=False,
            separator=";",
            datetime_format="%d.%m.%Y %H:%M",
            date_format="%d.%m.%Y",
            decimal_comma=True,
            float_precision=2,
        )
        self.rows[name] += rows.height

    def tell(self, kind: str, at: pl.Series, codes: pl.Series, season: Season, *, only: Whole | None = None, **keys: pl.Series) -> None:
        """Note for the truth what customers' texts of a kind (message, review, survey) were made to say; `at` in minutes, `only`: rows."""
        shown_at = written(at.to_numpy() * 60, season)
        columns = {"kind": pl.repeat(kind, len(at), eager=True), **{name: keys.get(name) for name in ("customer", "case", "review")}}
        rows = pl.DataFrame({**columns, "at": shown_at, "codes": codes}, schema=_TOLD)
        self._told.append(rows if only is None else rows[only])

    def told(self) -> pl.DataFrame:
        """Return what was noted since the last time, and forget it."""
        noted, self._told = self._told, []
        return pl.concat(noted) if noted else pl.DataFrame(schema=_TOLD)


_TOLD = {**dict.fromkeys(("kind", "customer", "case", "review", "at"), pl.String()), "codes": pl.List(pl.String())}
"""Columns of `truth.json`'s texts."""


def written(seconds: Whole, season: Season) -> pl.Series:
    """Turn seconds since the first day into moments as `truth.json` writes them."""
    start = int(np.datetime64(season.start, "s").astype(np.int64))
    at = pl.Series((start + np.minimum(seconds, NEVER)) * 1_000_000).cast(pl.Datetime("us"))
    return at.dt.strftime("%Y-%m-%dT%H:%M:%S+03:00")


def table(columns: Mapping[str, object]) -> pl.DataFrame:
    """Build rows from columns; the names are for the reader of the code only."""
    return pl.DataFrame(columns)


def moments(at: Whole, season: Season) -> pl.Series:
    """Turn minutes since the first day into local dates and times, null from the end of the files on."""
    start = int(np.datetime64(datetime.combine(season.start, time.min), "m").astype(np.int64))
    shown = pl.Series((start + at) * 60_000_000).cast(pl.Datetime("us"))
    return pl.select(pl.when(pl.Series(at < season.minutes)).then(shown)).to_series()


def days(day: Whole, season: Season) -> pl.Series:
    """Turn days since the first day into dates."""
    start = int(np.datetime64(season.start, "D").astype(np.int64))
    return pl.Series(start + day).cast(pl.Int32).cast(pl.Date)


def roubles(kopecks: Whole) -> pl.Series:
    """Turn kopecks into roubles."""
    return pl.Series(kopecks / 100.0)


def numbered(prefix: str, first: int, index: Whole) -> pl.Series:
    """Return numbers such as «ОБР-0000017»; null for indices below zero."""
    text = pl.select(pl.concat_str(pl.lit(prefix), pl.Series(first + index).cast(pl.String).str.zfill(7))).to_series()
    return pl.select(pl.when(pl.Series(index >= 0)).then(text)).to_series()


def shown(text: pl.Series, visible: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> pl.Series:
    """Return the column with nulls where it is not shown."""
    return pl.select(pl.when(pl.Series(visible)).then(text)).to_series()
