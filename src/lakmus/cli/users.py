"""`lakmus user add`, `lakmus user token`: users of the pages, and keys for their programs."""

from __future__ import annotations

import sys
from argparse import Namespace

from lakmus.cli.options import Commands
from lakmus.cli.voice import Voice
from lakmus.history.wording import Wording

ABOUT = Wording("пользователи страниц", "users of the pages")
ABOUT_ADD = Wording("добавить пользователя; пароль создаётся и показывается один раз", "add a user; the password is made and shown once")
NAME = Wording("имя для входа", "login name")
ROLE = Wording("роль: {roles}", "role: {roles}")
ROLES = ("owner", "head_of_service", "marketer", "agent", "analyst", "administrator")
EMAIL = Wording("почта", "e-mail")
FULL_NAME = Wording("имя, которым приветствуют страницы", "name that the pages greet with")
FROM_INPUT = Wording("прочитать пароль со стандартного ввода", "read the password from standard input")
ADDED = Wording("Пользователь {username} ({role}) добавлен.", "User {username} ({role}) was added.")
PASSWORD = Wording("Пароль (больше не покажем): {password}", "Password (not shown again): {password}")

ABOUT_TOKEN = Wording("выпустить ключ для программы; он показывается один раз", "issue a token for a program; it is shown once")
TOKEN_NAME = Wording("для чего ключ (по умолчанию cli)", "what the token is for (default cli)")
SCOPE = Wording("что можно: read, push, decide (по умолчанию read)", "what it may do: read, push, decide (default read)")
SCOPES = ("read", "push", "decide")
TOKEN = Wording("Ключ (больше не покажем): {token}", "Token (not shown again): {token}")


def add_to(commands: Commands) -> None:
    """Add the commands."""
    below = commands.under(commands.add("user", ABOUT, None), "what")
    parser = below.add("add", ABOUT_ADD, add)
    parser.add_argument("username", metavar="NAME", help=commands.say(NAME))
    parser.add_argument("--role", required=True, choices=ROLES, help=commands.say(ROLE.filled(roles=", ".join(ROLES))), metavar="ROLE")
    parser.add_argument("--email", default="", help=commands.say(EMAIL))
    parser.add_argument("--name", default="", help=commands.say(FULL_NAME))
    parser.add_argument("--password-from-input", action="store_true", help=commands.say(FROM_INPUT))
    parser = below.add("token", ABOUT_TOKEN, token)
    parser.add_argument("username", metavar="NAME", help=commands.say(NAME))
    parser.add_argument("--name", default="cli", help=commands.say(TOKEN_NAME))
    parser.add_argument("--scope", action="append", default=[], choices=SCOPES, metavar="SCOPE", help=commands.say(SCOPE))


def add(asked: Namespace, voice: Voice) -> None:
    """Add one user."""
    from lakmus.cli.home import home_at

    home_at(asked.home, create=True)
    from lakmus.usecases.house.keep_house import add_user

    given = sys.stdin.readline().rstrip("\r\n") if asked.password_from_input else ""
    made = add_user(actor=None, username=asked.username, role=asked.role, password=given, email=asked.email, name=asked.name)
    if voice.wants_json:
        voice.json({"username": asked.username, "role": asked.role, "password": None if given else made})
        return
    voice.text(voice.word(ADDED.filled(username=asked.username, role=asked.role)))
    if not given:
        voice.text(voice.word(PASSWORD).format(password=made))


def token(asked: Namespace, voice: Voice) -> None:
    """Issue one token."""
    from lakmus.cli.home import home_at

    home_at(asked.home)
    from lakmus.usecases.house.keep_house import give_token_to

    text = give_token_to(actor=None, username=asked.username, name=asked.name, scopes=asked.scope or ["read"])
    if voice.wants_json:
        voice.json({"username": asked.username, "token": text})
    else:
        voice.text(voice.word(TOKEN).format(token=text))
