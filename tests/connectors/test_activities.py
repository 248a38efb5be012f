"""What small files, counted by hand, become."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lakmus.connectors.files import ImportPlan, SavedMapping
from lakmus.history.activity import ACTIVITY_SCHEMA, activity_id
from tests.connectors.conftest import Reader

Write = Callable[..., Path]


def moment(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment of February 2025 in Moscow, as UTC."""
    return datetime.fromisoformat(f"2025-02-{day:02}T{hour:02}:{minute:02}+03:00").astimezone(UTC)


def epoch(at: datetime) -> int:
    return int(at.timestamp()) * 1_000_000


def only(rows: list[dict[str, Any]]) -> dict[str, Any]:
    assert len(rows) == 1
    return rows[0]


def test_an_order_with_everything_becomes_four_facts(write: Write, read_files: Reader) -> None:
    header = "Номер заказа;Дата заказа;ID клиента;Сумма;Канал;Город;Статус;Обещанная дата доставки;Фактическая дата доставки\n"
    row = "З-1;10.02.2025 12:00;17850.0;1 500,50;сайт;Тверь;отменён;12.02.2025;13.02.2025 09:00\n"
    read = read_files(write("orders.csv", header + row))
    placed = only(read.of("placed_order"))
    assert (placed["_order"], placed["customer"], placed["_amount"], placed["revenue_impact"]) == ("З-1", "17850", 1500.5, 1500.5)
    assert (placed["_channel"], placed["_place"], placed["_status"], placed["_currency"]) == ("сайт", "Тверь", "отменён", "RUB")
    assert placed["ts"] == placed["_known_at"] == moment(10, 12) and placed["_source"] == "file:orders.csv"
    assert only(read.of("was_promised_delivery"))["ts"] == moment(10, 12)
    assert only(read.of("received_order"))["ts"] == moment(13, 9)
    assert only(read.of("cancelled_order"))["revenue_impact"] == -1500.5
    assert len(read.activities) == 4


def test_identities_are_those_of_the_catalogue(write: Write, read_files: Reader) -> None:
    lines = "Номер заказа;Дата заказа;ID клиента;Артикул;Количество;Цена\n1;10.02.2025;7;А;2;1,5\n1;10.02.2025;7;А;2;1,5\n"
    read = read_files(write("order_lines.csv", lines))
    at = epoch(moment(10))
    expected = {activity_id("ordered_item", "1", "А", "2.0", "3.0", at, repeat) for repeat in (1, 2)}
    assert {row["activity_id"] for row in read.of("ordered_item")} == expected
    assert only(read.of("placed_order"))["activity_id"] == activity_id("placed_order", "1")
    review = read_files(write("reviews.csv", "Дата отзыва;ID клиента;Оценка;Текст отзыва\n10.02.2025;7;4;Да\n"))
    assert only(review.of("left_review"))["activity_id"] == activity_id("left_review", None, "7", at, "4.0", "Да", 1)


def test_nobody_is_not_a_customer(write: Write, read_files: Reader) -> None:
    rows = "".join(
        f"{number};10.02.2025;{nobody};5\n" for number, nobody in enumerate(["0", "", "nan", "NULL", "-", "0.0", "неизвестно", "n/a"])
    )
    read = read_files(write("orders.csv", "Номер заказа;Дата заказа;ID клиента;Сумма\n" + rows))
    assert [row["customer"] for row in read.activities] == [None] * 8
    assert {row["anonymous_customer_id"] for row in read.activities} == {f"order:{number}" for number in range(8)}


def test_negative_orders_and_lines_give_money_back(write: Write, read_files: Reader) -> None:
    orders = read_files(write("orders.csv", "Номер заказа;Дата заказа;ID клиента;Сумма\n1;10.02.2025;7;100\n2;11.02.2025;7;-40\n"))
    assert [row["_order"] for row in orders.of("placed_order")] == ["1"]
    assert only(orders.of("was_refunded"))["_amount"] == 40
    assert only(orders.of("returned_item"))["revenue_impact"] == -40
    rows = "".join(f"{number},2025-02-10,7,A,1,2\n" for number in range(100, 110)) + "C111,2025-02-11,7,A,-3,2\n112,2025-02-11,7,A,-1,2\n"
    lines = read_files(write("lines.csv", "InvoiceNo,InvoiceDate,CustomerID,StockCode,Quantity,UnitPrice\n" + rows))
    assert [(row["_order"], row["_quantity"], row["_amount"]) for row in lines.of("returned_item")] == [
        ("C111", 3.0, 6.0),
        ("112", 1.0, 2.0),
    ]
    assert len(lines.of("placed_order")) == len(lines.of("ordered_item")) == 10


def test_files_together_are_joined_by_order_case_and_customer(write: Write, read_files: Reader) -> None:
    read = read_files(
        write("orders.csv", "order_id,customer_id,order_purchase_timestamp,order_status\no1,c1,2025-02-10 12:00:00,delivered\n"),
        write("customers.csv", "customer_id,customer_unique_id,customer_city\nc1,u1,Tver\nc2,u1,Tver\n"),
        write("items.csv", "order_id,order_item_id,product_id,price,freight_value\no1,1,p1,10.0,2.5\no1,2,p1,10.0,2.5\n"),
        write("payments.csv", "order_id,payment_type,payment_value\no1,card,25.0\n"),
        write("reviews.csv", "review_id,order_id,review_score,review_creation_date\nr1,o1,1,2025-02-12\n"),
        write("cases.csv", "case id,reported at,order id\nk1,2025-02-11,o1\n"),
        write("messages.csv", "case id,date,author,text\nk1,2025-02-11 10:00,customer,Where is it?\nk1,2025-02-11 11:00,agent,Here.\n"),
    )
    assert {row["customer"] for row in read.activities} == {"u1"}
    assert [row["_amount"] for row in read.of("ordered_item")] == [12.5, 12.5]
    assert {row["ts"] for row in read.of("ordered_item")} == {moment(10, 12)}
    assert sum(row["revenue_impact"] or 0 for row in read.activities) == 0, "an order's worth is the sum of its items, derived later"
    assert {("external", "c1", "u1"), ("external", "c2", "u1")} <= set(read.links)


def test_contacts_name_the_customer_unless_two_share_them(write: Write, read_files: Reader) -> None:
    customers = "ID клиента;ФИО;E-mail;Телефон\n1;Анна;Anna@Mail.ru;8 (900) 111-22-33\n2;Борис;two@mail.ru;\n3;Вера;two@mail.ru;\n"
    orders = (
        "Номер заказа;Дата заказа;E-mail;Телефон;Сумма\n1;10.02.2025;anna@mail.RU;;1\n2;10.02.2025;;+7 900 111 22 33;1\n"
        "3;10.02.2025;two@mail.ru;;1\n4;10.02.2025;new@mail.ru;;1\n"
    )
    read = read_files(write("customers.csv", customers), write("orders.csv", orders))
    found = {row["_order"]: row["customer"] for row in read.of("placed_order")}
    assert found == {"1": "1", "2": "1", "3": "email:two@mail.ru", "4": "email:new@mail.ru"}
    assert {("email", "anna@mail.ru", "1"), ("phone", "+79001112233", "1"), ("email", "new@mail.ru", "email:new@mail.ru")} <= set(
        read.links
    )


def test_identifiers_come_in_the_order_of_the_file_so_that_the_first_to_name_one_holds_it(write: Write, read_files: Reader) -> None:
    people = "".join(f"{number};Клиент {number};m{number // 2}@mail.ru\n" for number in range(2000, 0, -1))
    read = read_files(write("customers.csv", "ID клиента;ФИО;E-mail\n" + people))
    mails = [(written, customer) for kind, written, customer in read.links if kind == "email"]
    assert mails == [(f"m{number // 2}@mail.ru", str(number)) for number in range(2000, 0, -1)]


def test_cases_carry_reply_resolution_reopening_and_rating(write: Write, read_files: Reader) -> None:
    header = "Номер обращения;Дата обращения;Канал;Тема;Сотрудник;Смена;Дата ответа;Дата закрытия;Дата повторного открытия;CSAT\n"
    read = read_files(
        write("cases.csv", header + "17;10.02.2025 10:00;почта;Доставка;Орлова;ночь;10.02.2025 12:00;11.02.2025;12.02.2025;2\n")
    )
    assert read.kinds() == {"opened_case", "received_reply", "case_resolved", "case_reopened", "answered_survey"}
    opened = only(read.of("opened_case"))
    assert (opened["_case"], opened["_channel"], opened["_staff"], opened["anonymous_customer_id"]) == ("17", "email", "Орлова", "case:17")
    assert json.loads(opened["feature_json"])["shift"] == "ночь"
    reply = only(read.of("received_reply"))
    assert (reply["_author"], reply["ts"]) == ("person", moment(10, 12))
    assert (only(read.of("answered_survey"))["_score"], only(read.of("answered_survey"))["_survey"]) == (2.0, "csat")


def test_messages_know_who_wrote_them(write: Write, read_files: Reader) -> None:
    words = ["клиент", "Сотрудник", "бот", "система", "Customer", "operator", "чужой"]
    rows = "".join(f"1;10.02.2025 10:0{number};{word};;текст {number}\n" for number, word in enumerate(words))
    read = read_files(write("messages.csv", "Номер обращения;Дата;Автор;Сотрудник;Текст\n" + rows))
    assert [row["_text"] for row in read.of("sent_message")] == ["текст 0", "текст 4"]
    assert [row["_author"] for row in read.of("received_reply")] == ["person", "bot", "system", "person"]
    assert read.files[0].reasons == {"unknown_author": 1} and read.refused[0][0] == "8" and read.refused[0][6] == "чужой"


def test_reviews_surveys_visits_and_points(write: Write, read_files: Reader) -> None:
    read = read_files(
        write("reviews.csv", "ID отзыва;Дата;Оценка;Текст;Дата ответа;Ответ\n5;10.02.2025;1;Плохо;11.02.2025;Простите\n"),
        write("surveys.csv", "ID клиента;Дата отправки;Опрос;Дата ответа;Оценка;Комментарий\n"
              "7;10.02.2025;NPS;11.02.2025;9;Да\n8;10.02.2025;NPS;;;\n"),
        write("visits.csv", "ID клиента;Дата;Страница;Длительность, мин\n"
              "7;10.02.2025 10:00;/kabinet;4,80\n7;10.02.2025 10:00;/kabinet;4,80\n"),
        write("loyalty.csv", "ID клиента;Дата;Операция;Баллы\n"
              "7;10.02.2025;вступление;0\n7;10.02.2025;начисление;50\n7;11.02.2025;списание;-20\n7;12.02.2025;сгорание;5\n"),
    )  # fmt: skip
    assert (only(read.of("review_answered"))["_text"], only(read.of("left_review"))["_stars"]) == ("Простите", 1.0)
    assert only(read.of("left_review"))["anonymous_customer_id"] == "review:5"
    assert len(read.of("was_surveyed")) == 2 and only(read.of("answered_survey"))["_score"] == 9.0
    assert len({row["activity_id"] for row in read.of("visited_site")}) == 2
    assert [row["_minutes"] for row in read.of("visited_site")] == [4.8, 4.8]
    points = {row["activity"]: row["_points"] for row in read.activities if row["_points"] is not None}
    assert points == {"earned_points": 50.0, "redeemed_points": 20.0, "points_expired": 5.0} and read.of("joined_programme")


def test_details_without_a_date_hold_since_always(write: Write, read_files: Reader) -> None:
    read = read_files(write("customers.csv", "ID клиента;ФИО;Город\n7;Анна;Тверь\n"))
    details = only(read.of("gave_details"))
    assert (details["ts"], details["_name"], details["_place"]) == (datetime(1970, 1, 1, tzinfo=UTC), "Анна", "Тверь")


def test_orders_imported_before_date_and_name_later_lines(write: Write, read_files: Reader, tmp_path: Path) -> None:
    orders = read_files(write("orders.csv", "Номер заказа;Дата заказа;ID клиента;Сумма\n1;10.02.2025;7;100\n"))
    known = tmp_path / "stream.parquet"
    pq.write_table(pa.Table.from_pylist(orders.activities, schema=ACTIVITY_SCHEMA), known)
    lines = read_files(write("order_lines.csv", "Номер заказа;Артикул;Количество;Цена\n1;А;1;10\n2;Б;1;20\n"), known=[str(known)])
    line = only(lines.of("ordered_item"))
    assert (line["customer"], line["ts"]) == ("7", moment(10))
    assert lines.files[0].reasons == {"unknown_order": 1} and lines.refused[0][4:] == ["2", "Б", "1", "20"]


def test_a_mapping_is_found_again_by_the_header_and_overrides_the_guess(
    write: Write, read_files: Reader, plan_files: Callable[..., ImportPlan]
) -> None:
    content = "k;d;w;v\n7;20250210;3;1.5\n8;20250211;1;2.5\n"
    mapping = SavedMapping.from_json(
        {"kind": "orders", "fields": {"k": "customer", "d": "ts", "w": "quantity", "v": "amount"}, "date_formats": {"d": "yyyymmdd"}}
    )
    read = read_files(write("purchases.txt", content.replace(";", "  ")), mappings=[SavedMapping.from_json(mapping.as_json())])
    assert sorted((row["customer"], row["_amount"], row["ts"]) for row in read.of("placed_order")) == [
        ("7", 1.5, moment(10)),
        ("8", 2.5, moment(11)),
    ]
    assert read.plan.files[0].as_mapping().fields == mapping.fields


def test_purchases_without_a_number_are_apart_and_the_same_next_time(write: Write, read_files: Reader) -> None:
    content = "customer_id,date,dollar_value\n1,2025-02-10,5\n1,2025-02-10,5\n1,2025-02-11,5\n"
    first, again = (read_files(write(name, content)) for name in ("a.csv", "b.csv"))
    assert len({row["_order"] for row in first.of("placed_order")}) == 3
    assert {row["activity_id"] for row in first.activities} == {row["activity_id"] for row in again.activities}


def test_exported_activities_come_back_with_their_identities(write: Write, read_files: Reader, tmp_path: Path) -> None:
    read = read_files(write("orders.csv", "Номер заказа;Дата заказа;ID клиента;Сумма\n1;10.02.2025;7;100\n2;11.02.2025;;-5\n"))
    pq.write_table(pa.Table.from_pylist(read.activities, schema=ACTIVITY_SCHEMA), tmp_path / "activities.parquet")
    again = read_files(tmp_path / "activities.parquet")
    assert again.plan.files[0].kind == "activities"
    assert sorted(row["activity_id"] for row in again.activities) == sorted(row["activity_id"] for row in read.activities)
    apart = ("_source",)
    strip = [{key: cell for key, cell in row.items() if key not in apart} for row in read.activities]
    assert all({key: cell for key, cell in row.items() if key not in apart} in strip for row in again.activities)


def test_a_corrected_column_is_read_as_told(write: Write, read_files: Reader, plan_files: Callable[..., ImportPlan]) -> None:
    plan = plan_files(write("orders.csv", "Номер заказа;Дата заказа;Дата оплаты;ID клиента;Сумма\n1;10.02.2025;12.02.2025;7;100\n"))
    corrected = ImportPlan((plan.files[0].with_column("Дата оплаты", "ts", "dd.mm.yyyy"),))
    assert only(read_files(plan=corrected).of("placed_order"))["ts"] == moment(12)


def test_the_samples_of_the_connector_read_whole(read_files: Reader) -> None:
    samples = Path(__file__).parents[2] / "src" / "lakmus" / "connectors" / "files" / "samples"
    read = read_files(*sorted(samples.glob("*.csv")))
    assert [file.rejected for file in read.files] == [0, 0, 0]
    assert {row["customer"] for row in read.of("left_review")} == {"К-17", "К-23"}
    assert [row["_author"] for row in read.of("received_reply")] == ["bot", "person"]
