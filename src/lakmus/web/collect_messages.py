"""Collect what is to be translated from templates and code, and bring the Russian catalogue up to date.

`python -m lakmus.web.collect_messages` needs Babel only. New messages come in empty, messages that no page
uses any longer go out; translations that stand are kept.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

WEB = Path(__file__).parent
CATALOGUE = WEB / "locale" / "ru" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    "gettext": None,
    "gettext_lazy": None,
    "_": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
Message = tuple[str | tuple[str, ...], str | None, str]


def collect() -> list[Message]:
    """Return (message or (singular, plural), context, where it stands) for all of the web face."""
    return [*_from_code(), *_from_templates()]


def _from_code() -> Iterator[Message]:
    for name, _line, message, _comments, context in extract_from_dir(str(WEB), [("**.py", "python")], keywords=KEYWORDS):
        yield message, context, name


def _from_templates() -> Iterator[Message]:
    from django.template import engines

    engine = engines["django"].engine  # type: ignore[attr-defined]
    root = WEB / "templates"
    for path in sorted(root.rglob("*.*")):
        name = path.relative_to(root).as_posix()
        template = engine.get_template(name)
        for message, context in _from_nodes(template):
            yield message, context, f"templates/{name}"


def _from_nodes(template: object) -> Iterator[tuple[str | tuple[str, str], str | None]]:
    from django.templatetags.i18n import BlockTranslateNode, TranslateNode
    from django.utils.translation import trim_whitespace

    nodelist = template.nodelist  # type: ignore[attr-defined]
    for node in nodelist.get_nodes_by_type(TranslateNode):
        # Django looks a text up with its percent signs doubled, as those of a format.
        yield str(node.filter_expression.var.literal).replace("%", "%%"), _context(node)
    for node in nodelist.get_nodes_by_type(BlockTranslateNode):
        singular, plural = (node.render_token_list(tokens)[0] for tokens in (node.singular, node.plural))
        if node.trimmed:
            singular, plural = trim_whitespace(singular), trim_whitespace(plural)
        yield ((singular, plural) if plural else singular), _context(node)


def _context(node: object) -> str | None:
    context = getattr(node, "message_context", None)
    return str(context.var) if context else None


def bring_up_to_date(path: Path = CATALOGUE) -> tuple[int, list[str]]:
    """Rewrite the catalogue; return the number of messages and those without a translation."""
    known = Catalog(locale="ru")
    if path.exists():
        with path.open("rb") as file:
            known = read_po(file, locale="ru")
    fresh = Catalog(locale="ru", project="Lakmus", fuzzy=False, header_comment="# Russian texts of the Lakmus pages.")
    for message, context, _place in sorted(collect(), key=lambda found: (str(found[0]), found[1] or "")):
        entry = known.get(message, context=context)
        fresh.add(message, string=entry.string if entry is not None else None, context=context, flags=_flags(message))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, fresh, width=120, omit_header=False, no_location=True, sort_output=True)
    # The dates that Babel writes into the header would make each run a change.
    text = re.sub(r'"(POT-Creation|PO-Revision)-Date: [^"]*"\n', "", path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    missing = [str(entry.id) for entry in fresh if entry.id and not all(_strings(entry.string))]
    return len(fresh), missing


def _flags(message: str | tuple[str, ...]) -> set[str]:
    text = message if isinstance(message, str) else message[0]
    return {"python-format"} if re.search(r"%\(\w+\)s|%[sd]", text) else set()


def _strings(string: object) -> tuple[str, ...]:
    return tuple(string) if isinstance(string, tuple | list) else (str(string or ""),)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lakmus.config.settings")
    import django

    django.setup()
    total, untranslated = bring_up_to_date()
    print(f"{total} messages, {len(untranslated)} without a translation")
    for text in untranslated:
        print(f"  {text!r}")
    sys.exit(1 if untranslated else 0)
