"""`lakmus user add`: a user of the pages."""

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


def add_to(commands: Commands) -> None:
    """Add the commands."""
    below = commands.under(commands.add("user", ABOUT, None), "what")
    parser = below.add("add", ABOUT_ADD, add)
    parser.add_argument("username", metavar="NAME", help=commands.say(NAME))
    parser.add_argument("--role", required=True, choices=ROLES, help=commands.say(ROLE.filled(roles=", ".join(ROLES))), metavar="ROLE")
    parser.add_argument("--email", default="", help=commands.say(EMAIL))
    parser.add_argument("--name", default="", help=commands.say(FULL_NAME))
    parser.add_argument("--password-from-input", action="store_true", help=commands.say(FROM_INPUT))


def add(asked: Namespace, voice: Voice) -> None:
    """Add one user."""
    from lakmus.cli.home import home_at

    home_at(asked.home, create=True)
    from lakmus.usecases.keep_users import add_user_with_password

    given = sys.stdin.readline().rstrip("\r\n") if asked.password_from_input else ""
    made = add_user_with_password(username=asked.username, role=asked.role, password=given, email=asked.email, name=asked.name)
    if voice.wants_json:
        voice.json({"username": asked.username, "role": asked.role, "password": None if given else made})
        return
    voice.text(voice.word(ADDED.filled(username=asked.username, role=asked.role)))
    if not given:
        voice.text(voice.word(PASSWORD).format(password=made))
