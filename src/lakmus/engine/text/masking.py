"""A text without what tells who wrote it: addresses, numbers and names, as far as words alone show them.

Rather too much is masked than too little: every word with a capital letter that begins no sentence, every number of three digits or more.
A name in small letters that is also a common word, and a Latin one in small letters, are not recognised.
"""

from __future__ import annotations

import functools
import re

from lakmus.engine.text.notation import is_name

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+|@\w{2,}")
_NUMBER = re.compile(r"(?:№\s*)?\+?\w{0,4}\d(?:[\s().,/:\-\u2013]{0,2}\d){2,}\w{0,4}")
_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_BEGINS = re.compile(r"(?:^|[.!?…\n][\s\"«»“”()\-\u2014]*)$")
_LATIN_BEGINNINGS = frozenset(
    """
    i a an the my your our their his her its this that these those it he she we you they and but or so if when where why what who how
    which is are was were do does did can could would will should have has had please hello hi dear good thank thanks not no never nobody
    nothing still yes very after before since there here all every any some one then once also even only at in on for from to of with
    """.split()
)


def masked(text: str) -> str:
    """Return a text with [address], [number] and [name] in place of what tells who wrote it or of whom."""
    text = _NUMBER.sub("[number]", _ADDRESS.sub("[address]", text))
    return _WORD.sub(lambda found: _word(found, text), text)


def _word(found: re.Match[str], text: str) -> str:
    word = found.group()
    if text[found.start() - 1 : found.start()] == "[" and text[found.end() : found.end() + 1] == "]":
        return word
    begins = bool(_BEGINS.search(text, max(0, found.start() - 20), found.start()))
    if word[0].isupper() and not begins and word != "I" and not (word.isupper() and text.isupper()):
        return "[name]"
    lowered = word.lower()
    if word.isascii():
        return "[name]" if word[0].isupper() and lowered.split("'")[0] not in _LATIN_BEGINNINGS else word
    return "[name]" if _named(lowered) else word


@functools.lru_cache(maxsize=50_000)
def _named(lowered: str) -> bool:
    return any(is_name(part) for part in lowered.split("-"))
