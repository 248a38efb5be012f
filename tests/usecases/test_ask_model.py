"""A language model is asked of undecided texts only, masked, after consent; what it answers is checked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from lakmus.connectors.language_model import checked_endpoint
from lakmus.engine.text.masking import masked
from lakmus.history.failures import BadInput, LakmusError, NotFound
from lakmus.usecases.texts.ask_model import ask_prepared, prepare_asking

TEXTS = ["Ужасно, никто не отвечает", "Меня зовут Анна Петрова, заказ 10482, тел. +7 912 345-67-89", "Отлично!", "Забирал в субботу"]


class Model(ThreadingHTTPServer):
    """A model on this machine that answers what it was told to, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.asked: list[dict[str, object]] = []
        self.keys: list[str | None] = []
        self.answer, self.status = '{"polarity": "negative", "codes": ["no_reply", "made_up"]}', 200


class Answering(BaseHTTPRequestHandler):
    server: Model

    def do_POST(self) -> None:
        self.server.asked.append({"path": self.path, **json.loads(self.rfile.read(int(self.headers["Content-Length"])))})
        self.server.keys.append(self.headers["Authorization"])
        body = json.dumps({"choices": [{"message": {"content": self.server.answer}}]}).encode()
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def model(settings) -> Iterator[Model]:
    server = Model()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.LAKMUS_MODEL_URL, settings.LAKMUS_MODEL_NAME = f"http://127.0.0.1:{server.server_port}/v1", "small"
    settings.LAKMUS_MODEL_KEY = "a-key"
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "texts.csv"
    found.write_text("number;text\n" + "".join(f"{at};{text}\n" for at, text in enumerate(TEXTS)), encoding="utf-8")
    return found


def test_without_a_model_in_the_settings_nothing_is_asked(path: Path, settings) -> None:
    settings.LAKMUS_MODEL_URL = ""
    with pytest.raises(NotFound):
        prepare_asking(path, column="text", most=10)


def test_preparing_sends_nothing_and_shows_exactly_what_would_be_sent(path: Path, model: Model) -> None:
    asking = prepare_asking(path, column="text", most=10)
    assert model.asked == [] and [one.row for one in asking.read] == [2, 4]
    assert asking.texts == ("Меня зовут [name] [name], заказ [number], тел. [number]", "Забирал в субботу")
    found = list(ask_prepared(asking))
    assert [one["messages"] for one in model.asked] == [
        [{"role": "system", "content": asking.task}, {"role": "user", "content": text}] for text in asking.texts
    ]
    assert {one["path"] for one in model.asked} == {"/v1/chat/completions"} and model.keys == ["Bearer a-key"] * 2
    assert [(one.row, one.polarity, one.codes) for one in found] == [(2, "negative", ("no_reply",)), (4, "negative", ("no_reply",))]
    assert "a-key" not in repr(asking)


@pytest.mark.parametrize("answer", ["no idea", "{}", '{"polarity": "angry", "codes": 7}', "[1, 2]"])
def test_an_answer_that_makes_no_sense_leaves_the_text_as_it_was_read(path: Path, model: Model, answer: str) -> None:
    model.answer = answer
    asking = prepare_asking(path, column="text", most=1)
    assert list(ask_prepared(asking)) == list(asking.read) and len(model.asked) == 1


def test_a_model_that_fails_is_told_of(path: Path, model: Model) -> None:
    model.status = 503
    with pytest.raises(LakmusError, match="503"):
        list(ask_prepared(prepare_asking(path, column="text", most=1)))


@pytest.mark.parametrize(
    "address", ["http://example.com/v1", "example.com", "https://me:secret@example.com/v1", "file:///etc/passwd", "https://"]
)
def test_addresses_that_would_carry_texts_in_the_open_are_refused(address: str) -> None:
    with pytest.raises(BadInput):
        checked_endpoint(address, "small")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Иванов не перезвонил, жду звонка на 8 (912) 345-67-89", "[name] не перезвонил, жду звонка на [number]"),
        ("Пишите на anna@ya.ru или @anna_p", "Пишите на [address] или [address]"),
        ("My name is John Smith. Nobody called me back on 12.03.2025", "My name is [name] [name]. Nobody called me back on [number]"),
        ("Курьер опоздал на 2 часа", "Курьер опоздал на 2 часа"),
        ("ЗАКАЗ НЕ ПРИВЕЗЛИ, ИВАНОВ ХАМИТ", "ЗАКАЗ НЕ ПРИВЕЗЛИ, [name] ХАМИТ"),
        ("", ""),
    ],
)
def test_names_numbers_and_addresses_are_masked(text: str, left: str) -> None:
    assert masked(text) == left
