"""Texts of a file are read in its order, by however many processes, whatever stands in them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from lakmus.cli.texts import line_for_programs
from lakmus.engine.text.company_reading import CompanyReading
from lakmus.history.failures import NotFound
from lakmus.usecases.texts import read_texts
from lakmus.usecases.texts.read_texts import read_lines

PASTED = "Заказ задер-\nжали на три\u00adнадцать дней, ﬁрма мол-\nчит"
STRANGE = {
    "nothing": "",
    "one sign": "я",
    "one sign of another plane": "😡",
    "very long": "Жду ответа третий раз. " * 9000,
    "one endless word": "а" * 200_000,
    "emoji": "👍🏽👨‍👩‍👧‍👦🇷🇺 🤮🤮 ужас!!!",
    "both scripts": "Oпepaтop нaхaмил, very rude персонал 不好 خدمة سيئة",
    "markup": "<div><p>Никто не&nbsp;отвечает</p><script>alert('x')</script><br/>" + "<" * 500,
    "pasted from a PDF": PASTED,
    "marks over letters": "Z̸̢̛a̵l̴g̷o̶ не́ привезли́",
    "unseen signs": "\u200b\u200e\ufeffне\u00a0привезли\u2028совсем\u0007",
    "quotes and tabs": 'Он сказал: "не\tбудет";\r\nи ушёл',
}


def read_all(path: Path, **more: object) -> list[dict[str, object]]:
    lines = read_lines(path, column="text", line=line_for_programs, **more)
    return [json.loads(line) for part in lines for line in part.split("\n")]


def as_csv(path: Path, texts: list[str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter=";")
        rows.writerow(["number", "text"])
        rows.writerows(enumerate(texts))
    return path


def as_json_lines(path: Path, texts: list[str]) -> Path:
    rows = (json.dumps({"number": at, "text": text}, ensure_ascii=False) for at, text in enumerate(texts))
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("write", [as_csv, as_json_lines])
def test_whatever_stands_in_a_text_each_gets_its_line(tmp_path: Path, write) -> None:
    path = write(tmp_path / f"texts.{'csv' if write is as_csv else 'jsonl'}", list(STRANGE.values()))
    found = dict(zip(STRANGE, read_all(path), strict=True))
    assert [one["row"] for one in found.values()] == list(range(1, len(STRANGE) + 1))
    assert found["nothing"]["kind"] == "empty" and found["one sign"]["codes"] == []
    assert found["very long"]["attempts"] == 3
    assert found["emoji"]["polarity"] == found["one sign of another plane"]["polarity"] == "negative"
    assert {"no_reply", "rudeness"} & {*found["both scripts"]["codes"]} and "no_reply" in found["markup"]["codes"]
    assert found["pasted from a PDF"]["codes"]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251"])
def test_a_file_of_nothing_but_texts_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "texts.csv"
    path.write_text('text\nникто не отвечает\n"всё хорошо,\nспасибо"\n' + "а" * 200_000 + "\n", encoding=encoding)
    found = read_all(path)
    assert [one["row"] for one in found] == [1, 2, 3]
    assert "no_reply" in found[0]["codes"] and found[1]["polarity"] == "positive"
    with pytest.raises(NotFound, match="text"):
        list(read_lines(path, column="другая", line=line_for_programs))


def test_a_text_as_long_as_a_book_stays_one_text(tmp_path: Path) -> None:
    path = tmp_path / "texts.csv"
    book = "\n".join(f"строка {at}, нахамили" for at in range(20_000))
    path.write_text(f'text\n"{book}"\nвсё хорошо\n', encoding="utf-8")
    assert [(one["row"], one["codes"]) for one in read_all(path)] == [(1, ["rudeness"]), (2, [])]


def test_lines_that_are_no_records_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "texts.csv"
    path.write_text("number;text\n1;никто не отвечает\n2\n3;нахамили;и ушли;вот\n4;спасибо\n", encoding="utf-8")
    broken: list[int] = []
    assert [one["row"] for one in read_all(path, broken=broken.append)] == [1, 2]
    assert broken == [2]


@pytest.mark.slow
def test_several_processes_tell_the_same_as_one_in_the_same_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"Партия {at}: {'никто не отвечает' if at % 3 else 'всё отлично'}" for at in range(60)]
    path = as_csv(tmp_path / "texts.csv", texts)
    marks = tuple((f"{word} {at}", stars) for word, stars in (("зелёный", 5.0), ("кривой", 1.0)) for at in range(20))
    company = CompanyReading("1", themes=(("own_batch", ("партия",)),), polarity_marks=marks)
    monkeypatch.setattr(read_texts, "BATCH", 7)
    monkeypatch.setattr(read_texts, "ALONE", 14)
    alone, together = read_all(path, workers=1), read_all(path, workers=2)
    assert alone == together and [one["row"] for one in alone] == list(range(1, 61))
    taught = read_all(path, workers=1, company=company)
    assert read_all(path, workers=2, company=company) == taught and all("own_batch" in one["codes"] for one in taught)
