"""What argparse says by itself, in both languages of the product."""

from __future__ import annotations

import re

from lakmus.history.wording import Wording

USAGE = Wording("вызов: ", "usage: ")
OPTIONS = Wording("параметры", "options")
POSITIONALS = Wording("что назвать", "positional arguments")
HELP = Wording("показать эту справку и выйти", "show this help message and exit")
VERSION = Wording("показать версию и выйти", "show program's version number and exit")
OF_ARGUMENT = re.compile(r"argument (?P<name>[^:]+): (?P<rest>.*)", re.DOTALL)
IN_RUSSIAN = tuple(
    (re.compile(pattern, re.DOTALL), russian)
    for pattern, russian in (
        (r"the following arguments are required: (.*)", "не хватает: {0}"),
        (r"unrecognized arguments: (.*)", "лишнее или написано с ошибкой: {0}"),
        (r"one of the arguments (.*) is required", "нужно одно из: {0}"),
        (r"ambiguous option: (.*) could match (.*)", "«{0}» можно понять по-разному: {1}"),
        (r"invalid choice: (.*) \(choose from (.*)\)", "{0} не подходит, можно: {1}"),
        (r"unknown parser (.*) \(choices: (.*)\)", "{0} не подходит, можно: {1}"),
        (r"invalid int value: (.*)", "нужно целое число, а не {0}"),
        (r"invalid float value: (.*)", "нужно число, а не {0}"),
        (r"invalid (\w+) value: (.*)", "значение {1} не подходит"),
        (r"expected one argument", "нужно одно значение"),
        (r"expected at most one argument", "нужно не больше одного значения"),
        (r"expected at least one argument", "нужно хотя бы одно значение"),
        (r"expected (\d+) arguments?", "нужно значений: {0}"),
        (r"not allowed with argument (.*)", "нельзя вместе с {0}"),
        (r"ignored explicit argument (.*)", "значение {0} здесь не нужно"),
        (r"unexpected option string: (.*)", "непонятно: {0}"),
        (r"can't open '(.*)': (.*)", "не открывается «{0}»: {1}"),
    )
)


def said(message: str, language: str) -> str:
    """Return a sentence of argparse in `language`; one that nobody foresaw stands as it is."""
    if language == "en":
        return message
    of_one = OF_ARGUMENT.fullmatch(message)
    if of_one:
        return f"{of_one['name']}: {said(of_one['rest'], language)}"
    for pattern, russian in IN_RUSSIAN:
        found = pattern.fullmatch(message)
        if found:
            return russian.format(*found.groups())
    return message
