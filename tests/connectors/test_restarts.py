"""Numbers that begin anew – every shift at a till, every January in a ledger – are told apart by their days, and only they."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.connectors.conftest import Read, Reader

HEAD = "Номер чека;Дата;Карта клиента;Сумма\n"
FIRST_DAY = "1;01.03.2025 10:00;A;100\n2;01.03.2025 11:00;B;200\n"
SECOND_DAY = "1;02.03.2025 10:00;C;300\n2;02.03.2025 11:00;A;400\n"
Write = Callable[..., Path]


@pytest.fixture
def keep(tmp_path: Path) -> Callable[..., list[str]]:
    """Return a function that keeps what was read as the stream does: once each."""
    kept: dict[str, dict[str, object]] = {}

    def add(read: Read) -> list[str]:
        kept.update({row["activity_id"]: row for row in read.activities})
        path = tmp_path / f"stream-{len(kept)}.parquet"
        pq.write_table(read.table.from_pylist(list(kept.values()), schema=read.table.schema), path)
        return [str(path)]

    return add


def orders(read: Read) -> list[tuple[str, str, float]]:
    return sorted((row["_order"], row["customer"], row["_amount"]) for row in read.of("placed_order"))


def test_receipts_that_begin_anew_each_day_are_orders_of_their_own(write: Write, read_files: Reader) -> None:
    read = read_files(write("чеки.csv", HEAD + FIRST_DAY + SECOND_DAY))
    assert orders(read) == [
        ("1", "card:A", 100),
        ("1/2025-03-02", "card:C", 300),
        ("2", "card:B", 200),
        ("2/2025-03-02", "card:A", 400),
    ]
    assert any("заново" in note.ru and "«1»" in note.ru for note in read.files[0].notes)


@pytest.mark.parametrize("first", [FIRST_DAY, SECOND_DAY])
def test_whichever_day_comes_first_a_later_file_of_both_calls_every_order_as_before(
    write: Write, read_files: Reader, keep, first: str
) -> None:
    second = SECOND_DAY if first == FIRST_DAY else FIRST_DAY
    known = keep(read_files(write("one.csv", HEAD + first)))
    other = read_files(write("two.csv", HEAD + second), known=known)
    known = keep(other)
    assert len(other.of("placed_order")) == 2
    again = read_files(write("both.csv", HEAD + FIRST_DAY + SECOND_DAY), known=known)
    ids = set(pq.read_table(known[0])["activity_id"].to_pylist())
    assert len(ids) == 4 and {row["activity_id"] for row in again.activities} == ids


def test_one_receipt_of_a_new_day_is_not_taken_for_that_of_another(write: Write, read_files: Reader, keep) -> None:
    known = keep(read_files(write("one.csv", HEAD + FIRST_DAY)))
    assert orders(read_files(write("two.csv", HEAD + "1;02.03.2025 10:00;C;300\n"), known=known)) == [("1/2025-03-02", "card:C", 300)]


def test_lines_of_receipts_that_begin_anew_stand_in_their_own_receipt(write: Write, read_files: Reader) -> None:
    head = "Номер чека;Дата;Карта клиента;Товар;Количество;Цена\n"
    rows = "1;01.03.2025 10:00;A;чай;1;100\n1;01.03.2025 10:00;A;кофе;1;50\n1;02.03.2025 10:00;B;чай;1;100\n"
    read = read_files(write("строки.csv", head + rows))
    assert sorted((row["_order"], row["customer"]) for row in read.of("placed_order")) == [("1", "card:A"), ("1/2025-03-02", "card:B")]
    assert sorted(row["_order"] for row in read.of("ordered_item")) == ["1", "1", "1/2025-03-02"]


def test_one_number_in_two_shops_on_one_day_is_two_orders(write: Write, read_files: Reader) -> None:
    head = "Номер чека;Дата;Карта клиента;Магазин;Сумма\n"
    read = read_files(write("чеки.csv", head + "1;01.03.2025;A;Арбат;100\n1;01.03.2025;B;Тверская;200\n"))
    assert orders(read) == [("1", "card:A", 100), ("1/2025-03-01/Тверская", "card:B", 200)]


def test_a_delivery_belongs_to_the_last_order_of_its_number(write: Write, read_files: Reader) -> None:
    sold = "Номер документа;Дата документа;Контрагент код;Сумма\n7;10.01.2024;A;100\n8;11.01.2024;B;100\n7;12.01.2025;C;300\n"
    sent = "Номер документа;Обещанная дата доставки;Фактическая дата доставки\n7;15.01.2024;14.01.2024\n7;15.01.2025;20.01.2025\n"
    read = read_files(write("реализация.csv", sold), write("доставки.csv", sent))
    assert [(row["_order"], row["customer"]) for row in read.of("received_order")] == [("7", "A"), ("7/2025-01-12", "C")]


def test_a_delivery_told_later_finds_its_order_too(write: Write, read_files: Reader, keep) -> None:
    sold = "Номер документа;Дата документа;Контрагент код;Сумма\n7;10.01.2024;A;100\n7;12.01.2025;C;300\n"
    known = keep(read_files(write("реализация.csv", sold)))
    sent = "Номер документа;Обещанная дата доставки;Фактическая дата доставки\n7;15.01.2025;20.01.2025\n"
    read = read_files(write("доставки.csv", sent), known=known)
    assert [(row["_order"], row["customer"]) for row in read.of("received_order")] == [("7/2025-01-12", "C")]


def test_an_order_exported_again_with_the_day_of_its_state_stays_one(write: Write, read_files: Reader, keep) -> None:
    head = "Номер заказа;Дата;ID клиента;Сумма\n"
    known = keep(read_files(write("one.csv", head + "1;01.03.2025;A;100\n2;01.03.2025;B;100\n")))
    assert orders(read_files(write("two.csv", head + "1;05.03.2025;A;100\n"), known=known)) == [("1", "A", 100)]


def test_where_nobody_is_named_numbers_of_several_days_are_several_orders(write: Write, read_files: Reader) -> None:
    rows = "".join(f"{number};0{day}.03.2025;{100 + number}\n" for day in (1, 2, 3) for number in (1, 2, 3, 4))
    assert len(orders_without_people(read_files(write("чеки.csv", "Номер чека;Дата чека;Сумма чека\n" + rows)))) == 12


def orders_without_people(read: Read) -> set[str]:
    return {row["_order"] for row in read.of("placed_order")}


def test_cases_whose_numbers_begin_anew_keep_their_messages(write: Write, read_files: Reader) -> None:
    cases = "Номер обращения;Дата обращения;ID клиента;Тема\n5;10.01.2024;A;доставка\n5;12.01.2025;B;оплата\n"
    messages = (
        "Номер обращения;Дата сообщения;Автор;Текст\n5;10.01.2024 12:00;клиент;где заказ\n5;13.01.2025 12:00;клиент;не прошла оплата\n"
    )
    read = read_files(write("обращения.csv", cases), write("сообщения.csv", messages))
    assert [(row["_case"], row["customer"]) for row in read.of("sent_message")] == [("5", "A"), ("5/2025-01-12", "B")]


@pytest.mark.parametrize("zone", ["Europe/Moscow", "America/New_York", "UTC"])
def test_the_day_of_a_number_is_that_of_the_company(write: Write, read_files: Reader, zone: str) -> None:
    rows = "1;01.03.2025 00:30;A;1\n1;02.03.2025 00:30;B;1\n1;01.07.2025 23:30;C;1\n"
    assert [name for name, _, _ in orders(read_files(write("чеки.csv", HEAD + rows), zone=zone))] == ["1", "1/2025-03-02", "1/2025-07-01"]
