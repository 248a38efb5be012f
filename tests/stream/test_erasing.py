"""A forgotten person's bytes are in no file of the folder."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lakmus.stream.store import Stream
from tests.stream.samples import LATER, content, copied, order, orders_of, reader

SECRETS = ("кл-секретный-77", "Анна Тайная", "anna.tajnaya", "9165550177", "хочу пожаловаться на 77", "тайная-карта", "заказ-тайный")


def bytes_of(folder: Path) -> bytes:
    """Everything the folder holds: raw bytes of every file, and what compressed Parquet and Arrow files say when read."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            found += [str(path).encode(), path.read_bytes()]
            if path.suffix == ".parquet":
                file = pq.ParquetFile(path)
                groups = [file.metadata.row_group(number).to_dict() for number in range(file.metadata.num_row_groups)]
                found += [repr(file.read().to_pylist()).encode(), repr(file.metadata.metadata).encode(), repr(groups).encode()]
                # Words that stand in a dictionary page though no row uses them would not show in the rows.
                coded = [part["path_in_schema"] for group in groups for part in group["columns"] if part["has_dictionary_page"]]
                words = pq.read_table(path, read_dictionary=coded)
                chunks = [chunk for column in words.columns for chunk in column.chunks if pa.types.is_dictionary(chunk.type)]
                found += [repr(chunk.dictionary.to_pylist()).encode() for chunk in chunks]
            if path.suffix == ".arrow":
                found.append(repr(pa.ipc.open_file(path).read_all().to_pylist()).encode())
    return b"\n".join(found)


@pytest.fixture(scope="module")
def original(tmp_path_factory) -> Stream:
    made = Stream.create(tmp_path_factory.mktemp("erasing") / "s", buckets=2)
    made.append(reader([order(number, f"c{number % 5}", number) for number in range(50)]))
    details = {"_name": "Анна Тайная", "_text": "хочу пожаловаться на 77", "feature_json": '{"mail": "anna.tajnaya@x.ru"}'}
    made.append(reader([order(900 + n, "кл-секретный-77", n, **details) for n in range(3)]))
    made.append(reader([order(950, "кл-секретный-77", 4, _order="заказ-тайный")]))
    shipped = {"activity": "received_order", "activity_id": "e" * 32, "anonymous_customer_id": "order:заказ-тайный"}
    made.append(reader([order(951, None, 9) | shipped, order(952, "email:anna.tajnaya@x.ru", 7)]))
    link = [("email", "Anna.Tajnaya@x.ru"), ("phone", "8 (916) 555-01-77"), ("card", "тайная-карта"), ("email", "shared@x.ru")]
    made.identity.link([(kind, written, "кл-секретный-77") for kind, written in link], source="test", at=LATER)
    made.identity.link([("email", "shared@x.ru", "c1"), ("email", "c2@x.ru", "c2")], source="test", at=LATER)
    return made


@pytest.fixture
def stream(original, tmp_path) -> Stream:
    return copied(original, tmp_path)


def test_before_forgetting_every_secret_is_there(stream) -> None:
    content(stream)
    everything = bytes_of(stream.path)
    assert [secret for secret in SECRETS if secret.encode() not in everything] == []


def test_a_forgotten_customer_leaves_no_byte_in_any_file(stream) -> None:
    content(stream)
    assert stream.erase("кл-секретный-77") == 6
    everything = bytes_of(stream.path)
    assert [secret for secret in SECRETS if secret.encode() in everything or secret.upper().encode() in everything] == []
    assert stream.count == 50 and not orders_of(stream, "кл-секретный-77")
    assert stream.identity.find("tajnaya") == [] and stream.identity.find("c2@x.ru") == ["c2"]


def test_the_others_keep_what_they_had(stream) -> None:
    before = [row for row in content(stream) if str(row["customer"]).startswith("c")]
    stream.erase("кл-секретный-77")
    assert content(stream) == before and len(before) == 50


def test_a_merged_customer_is_forgotten_under_every_key(stream) -> None:
    stream.identity.merge("c3", "кл-секретный-77", actor="test", at=LATER)
    assert stream.erase("c3") == 16
    assert not any(secret.encode() in bytes_of(stream.path) for secret in SECRETS)
    assert stream.identity.merges() == [] and stream.count == 40


def test_forgetting_twice_or_somebody_unknown_is_no_error(stream) -> None:
    stream.erase("кл-секретный-77")
    assert stream.erase("кл-секретный-77") == 0 and stream.erase("никто") == 0 and stream.count == 50


def test_what_was_forgotten_can_be_imported_anew(stream) -> None:
    stream.erase("c1")
    assert stream.append(reader([order(number, f"c{number % 5}", number) for number in range(50)])).appended == 10
    assert orders_of(stream, "c1") == [str(number) for number in range(1, 50, 5)]


def test_an_erasure_cut_off_after_its_commit_is_finished_by_asking_again(stream, monkeypatch) -> None:
    def cut_off(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(stream.identity, "forget", cut_off)
    with pytest.raises(KeyboardInterrupt):
        stream.erase("кл-секретный-77")
    again = Stream.open(stream.path)
    again.erase("кл-секретный-77")
    assert not any(secret.encode() in bytes_of(stream.path) for secret in SECRETS)
