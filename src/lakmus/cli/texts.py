"""`lakmus text read`: what the words of each text say."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from lakmus.cli.options import Commands
from lakmus.cli.voice import Voice
from lakmus.history.wording import Wording

ABOUT = Wording("чтение текстов", "reading of texts")
ABOUT_READ = Wording("тональность и коды каждого текста из колонки файла", "polarity and codes of each text in a column of a file")
FILE = Wording("файл CSV, XLSX, Parquet или JSON", "a CSV, XLSX, Parquet or JSON file")
COLUMN = Wording("колонка с текстом", "the column that holds the text")
MEASURED_ELSEWHERE = Wording(
    "Читает словарь. Уверенность измерена на чужих отзывах (банк, рестораны), не на ваших текстах.",
    "A lexicon reads. Its confidence was measured on reviews of others (a bank, restaurants), not on your texts.",
)
POLARITY = {
    "negative": Wording("недоволен", "negative"),
    "positive": Wording("доволен", "positive"),
    None: Wording("не решено", "undecided"),
}


def add_to(commands: Commands) -> None:
    """Add the commands."""
    below = commands.under(commands.add("text", ABOUT, None), "what")
    parser = below.add("read", ABOUT_READ, read)
    parser.add_argument("file", type=Path, metavar="FILE", help=commands.say(FILE))
    parser.add_argument("--column", required=True, metavar="NAME", help=commands.say(COLUMN))


def read(asked: Namespace, voice: Voice) -> None:
    """Answer one line for each row."""
    from lakmus.usecases.read_texts import read_texts

    voice.message(MEASURED_ELSEWHERE)
    for text in read_texts(asked.file, column=asked.column):
        if voice.wants_json:
            voice.json(text.as_json(), line=True)
        else:
            voice.text(f"{text.row}\t{voice.word(POLARITY[text.polarity])}\t{', '.join(text.codes)}\t{'; '.join(text.words)}")
