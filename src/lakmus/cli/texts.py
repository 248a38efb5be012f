"""`lakmus text …`: what the words of each text say, what marks teach, what a language model would be asked."""

from __future__ import annotations

import json
from argparse import BooleanOptionalAction, Namespace
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lakmus.cli.home import home_at
from lakmus.cli.options import Commands
from lakmus.cli.voice import Voice
from lakmus.history.wording import Wording

if TYPE_CHECKING:
    from lakmus.usecases.texts.read_texts import ReadText

ABOUT = Wording("чтение текстов", "reading of texts")
ABOUT_READ = Wording("тональность и коды каждого текста из колонки файла", "polarity and codes of each text in a column of a file")
FILE = Wording("файл CSV, XLSX, Parquet или JSON", "a CSV, XLSX, Parquet or JSON file")
COLUMN = Wording("колонка с текстом", "the column that holds the text")
MEASURED_ELSEWHERE = Wording(
    "Читает словарь. Уверенность измерена на чужих отзывах (банк, рестораны), не на ваших текстах.",
    "A lexicon reads. Its confidence was measured on reviews of others (a bank, restaurants), not on your texts.",
)
BROKEN = Wording(
    "Строк файла, которые не удалось разобрать (ячеек больше или меньше, чем колонок, или кавычка не закрыта): {count}. "
    "Их текстов среди ответов нет, и в нумерации они пропущены.",
    "Lines of the file that are no records (more or fewer cells than columns, or a quote left open): {count}. "
    "Their texts are not among the answers, and they are not numbered.",
)
ABOUT_LEARN = Wording(
    "учесть разметку и свои темы в вердикте; научиться на звёздах и разметке, если это лучше словаря",
    "take labels and own themes over into the verdict; learn from stars and labels where that beats the lexicon",
)
EMBEDDINGS = Wording(
    "учиться и на смысле фраз (нужен lakmus[embeddings]); --no-embeddings – без них; иначе как в прошлый раз",
    "learn from what sentences mean, too (needs lakmus[embeddings]); --no-embeddings: without; otherwise as the last time",
)
OWN_READS = Wording(
    "Доволен ли клиент, говорит то, чему научили ваши отметки: на отложенных текстах F1 {own}, у словаря {lexicon}.",
    "What your marks taught tells the polarity: F1 {own} on texts held out, the lexicon has {lexicon}.",
)
OWN_CODES = Wording(
    "Коды говорит словарь; ваших поправок к нему: {corrected}, ваших тем: {themes}.",
    "A lexicon tells the codes; corrections of yours: {corrected}, themes of yours: {themes}.",
)
LEARNED = Wording(
    "Текстов с отметками: {marked} (звёзды: {stars}, разметка: {labels}). На отложенных текстах: своя модель F1 {own}, словарь {lexicon}. "
    "Дальше читает {used}.",
    "Texts with marks: {marked} (stars: {stars}, people's labels: {labels}). On texts held out: own model F1 {own}, lexicon {lexicon}. "
    "From now on reads {used}.",
)
LEARNED_CODE = Wording(
    "{code}: размечено {texts}, с этим кодом {labelled}. На отложенных: своя поправка F1 {own}, словарь {lexicon}. Дальше читает {used}.",
    "{code}: labelled {texts}, {labelled} of them with it. Held out: own correction F1 {own}, lexicon {lexicon}. From now on reads {used}.",
)
WITH_MEANING = Wording("Учились и на смысле фраз: {embeddings}.", "What sentences mean was learned from, too: {embeddings}.")
TAKEN = Wording(
    "Разметка и свои темы (таксономия {taxonomy}) учтены: следующий вердикт будет посчитан с ними.",
    "Labels and own themes (taxonomy {taxonomy}) are taken over: the next verdict will be computed with them.",
)
USED = {"own": Wording("своя модель", "the own model"), "lexicon": Wording("словарь", "the lexicon")}
ABOUT_ASK = Wording(
    "показать, что ушло бы внешней языковой модели о нерешённых текстах; отправить – только с --agree",
    "show what would go to a language model about undecided texts; send it with --agree only",
)
MOST = Wording("сколько текстов самое большее (100)", "how many texts at most (100)")
AGREE = Wording("отправить то, что без этого только показывается", "send what is only shown without it")
WOULD_LEAVE = Wording(
    "Ничего не отправлено. На машину {host}, модели {model}, ушло бы запросов: {count}; в каждом задание и один текст, дословно. "
    "Имена, номера и адреса закрыты, насколько их видно по словам; прочтите сами. Отправить: добавьте --agree.",
    "Nothing was sent. Requests that would go to the machine {host}, for the model {model}: {count}; the task and one text in each, word "
    "for word. Names, numbers and addresses are masked as far as words show them; read it yourself. To send it, add --agree.",
)
WAS_SENT = Wording("На машину {host} отправлено запросов: {count}.", "Requests sent to the machine {host}: {count}.")
TASK = Wording("Задание", "Task")
_AS_JSON = json.JSONEncoder(ensure_ascii=False)
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
    learning = below.add("learn", ABOUT_LEARN, learn)
    learning.add_argument("--embeddings", action=BooleanOptionalAction, default=None, help=commands.say(EMBEDDINGS))
    asking = below.add("ask", ABOUT_ASK, ask)
    asking.add_argument("file", type=Path, metavar="FILE", help=commands.say(FILE))
    asking.add_argument("--column", required=True, metavar="NAME", help=commands.say(COLUMN))
    asking.add_argument("--most", type=int, default=100, metavar="N", help=commands.say(MOST))
    asking.add_argument("--agree", action="store_true", help=commands.say(AGREE))


def learn(asked: Namespace, voice: Voice) -> None:
    """Take labels, themes and what marks taught over into the reading, and say which of it beats the lexicon."""
    home = home_at(asked.home)
    from lakmus.history.estimate import NotEnoughEvidence
    from lakmus.usecases.texts.learn_reading import take_over

    found = take_over(home, embeddings=asked.embeddings)
    taken, polarity = found.taken, found.polarity
    if voice.wants_json:
        few = isinstance(polarity, NotEnoughEvidence)
        told = polarity.as_json() if isinstance(polarity, NotEnoughEvidence) else asdict(polarity)
        codes = [asdict(one) for one in taken.codes]
        beside = {"codes": codes, "taxonomy": taken.taxonomy, "embeddings": taken.embeddings}
        voice.json({"polarity": None if few else told, "not_learned": told if few else None, **beside})
        return
    if isinstance(polarity, NotEnoughEvidence):
        voice.text(voice.word(polarity.reason))
    else:
        figures = {name: str(getattr(polarity, name)) for name in ("marked", "stars", "labels")}
        scores = {"own": f"{polarity.own_f1:.3f}", "lexicon": f"{polarity.lexicon_f1:.3f}"}
        voice.text(voice.word(LEARNED).format(**figures, **scores, used=voice.word(USED[polarity.used])))
    for one in taken.codes:
        scores = {"own": f"{one.own_f1:.3f}", "lexicon": f"{one.lexicon_f1:.3f}"}
        used = voice.word(USED["own" if one.used else "lexicon"])
        voice.text(voice.word(LEARNED_CODE).format(code=one.code, texts=one.texts, labelled=one.labelled, **scores, used=used))
    if taken.embeddings is not None:
        voice.message(voice.word(WITH_MEANING).format(embeddings=taken.embeddings))
    voice.message(voice.word(TAKEN).format(taxonomy=taken.taxonomy))


def _company(asked: Namespace, voice: Voice) -> Any:
    """Return what the company taught the reading, as the verdict reads by it; say what reads."""
    company = judged = None
    if (asked.home / "reading.json").exists():
        home = home_at(asked.home)
        from lakmus.usecases.texts.own_reading import company_reading, judged_reading

        company, judged = company_reading(home), judged_reading(home)
    if company is not None and company.polarity_marks and judged is not None:
        voice.message(voice.word(OWN_READS).format(own=f"{judged.own_f1:.3f}", lexicon=f"{judged.lexicon_f1:.3f}"))
    else:
        voice.message(MEASURED_ELSEWHERE)
    if company is not None and (company.corrected or company.themes):
        voice.message(voice.word(OWN_CODES).format(corrected=len(company.corrected), themes=len(company.themes)))
    return company


def read(asked: Namespace, voice: Voice) -> None:
    """Answer one line for each row."""
    from lakmus.usecases.texts.read_texts import read_lines

    line = line_for_programs if voice.wants_json else partial(line_for_people, language=voice.language)

    def told(lines: int) -> None:
        voice.message(voice.word(BROKEN).format(count=lines))

    for lines in read_lines(asked.file, column=asked.column, company=_company(asked, voice), line=line, broken=told):
        voice.text(lines)


def ask(asked: Namespace, voice: Voice) -> None:
    """Show what would be asked of a language model; with consent ask it, and answer one line for each text."""
    home_at(asked.home)
    from lakmus.usecases.texts.ask_model import ask_prepared, prepare_asking

    asking = prepare_asking(asked.file, column=asked.column, most=asked.most)
    told = {"host": asking.host, "model": asking.endpoint.model, "count": str(len(asking.texts))}
    if not asked.agree:
        if voice.wants_json:
            sent = [{"row": said.row, "text": text} for said, text in zip(asking.read, asking.texts, strict=True)]
            voice.json({**told, "sent": False, "task": asking.task, "texts": sent})
        else:
            voice.text(f"{voice.word(TASK)}: {asking.task}")
            for said, text in zip(asking.read, asking.texts, strict=True):
                voice.text(f"{said.row}\t{' '.join(text.split())}")
        voice.message(voice.word(WOULD_LEAVE).format(**told))
        return
    for read_anew in ask_prepared(asking):
        voice.text(line_for_programs(read_anew) if voice.wants_json else line_for_people(read_anew, language=voice.language))
    voice.message(voice.word(WAS_SENT).format(**told))


def line_for_programs(text: ReadText) -> str:
    """Return what one text says as JSON."""
    return _AS_JSON.encode(text.as_json())


def line_for_people(text: ReadText, *, language: str) -> str:
    """Return what one text says as columns between tabs."""
    polarity = POLARITY[text.polarity].in_language(language)
    return f"{text.row}\t{polarity}\t{', '.join(text.codes)}\t{'; '.join(text.words)}"
