"""Every text of the pages has its Russian form, and the compiled catalogue says the same."""

from __future__ import annotations

import re
from gettext import GNUTranslations
from pathlib import Path

from babel.messages.pofile import read_po

from lakmus.web.collect_messages import CATALOGUE, collect
from lakmus.web.compile_messages import compile_all


def catalogue():
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="ru")


def test_every_message_of_templates_and_code_has_a_russian_translation() -> None:
    known = catalogue()
    missing = []
    for message, context, place in collect():
        entry = known.get(message, context=context)
        said = () if entry is None else entry.string if isinstance(entry.string, tuple) else (entry.string,)
        if not said or not all(said):
            missing.append((message, place))
    assert missing == []


def test_the_catalogue_holds_nothing_that_no_page_says() -> None:
    used = {message for message, _context, _place in collect()}
    assert [entry.id for entry in catalogue() if entry.id and entry.id not in used] == []


def test_each_translation_fills_the_same_places_as_its_message() -> None:
    def places(text: str) -> set[str]:
        return set(re.findall(r"%\((\w+)\)s", text))

    wrong = []
    for entry in catalogue():
        asked = places(entry.id if isinstance(entry.id, str) else entry.id[1])
        for said in entry.string if isinstance(entry.string, tuple) else (entry.string,):
            if places(said) != asked:
                wrong.append(entry.id)
    assert wrong == []


def test_compiling_needs_no_system_gettext_and_keeps_every_message(tmp_path: Path) -> None:
    from gettext import GNUTranslations

    folder = tmp_path / "ru" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_bytes(CATALOGUE.read_bytes())
    (written,) = compile_all(tmp_path)
    with written.open("rb") as file:
        assert GNUTranslations(file).gettext("Verdict") == "Вердикт"


def test_a_sign_of_percent_follows_its_number_as_each_language_does() -> None:
    wrong = []
    for entry in catalogue():
        asked, said = (each if isinstance(each, tuple) else (each,) for each in (entry.id, entry.string))
        wrong += [text for text in asked if re.search(r"\d\s%(?!\()", text)]
        wrong += [text for text in said if re.search(r"\d ?%(?!\()", text)]
    assert wrong == []


def test_no_line_of_a_russian_page_can_begin_with_a_dash() -> None:
    with compile_all()[0].open("rb") as file:
        said = list(GNUTranslations(file)._catalog.values())
    assert len(said) > 1000
    assert [text for text in said if re.search(" [–—] ", text)] == []
