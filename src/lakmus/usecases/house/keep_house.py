"""Change the company's terms, its users, and one's own look: what the pages of the house ask for."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from lakmus.history.company import Company
from lakmus.history.failures import BadInput, NotFound
from lakmus.history.wording import Wording

if TYPE_CHECKING:
    from lakmus.operations.accounts.changes import FirstUser

PASSWORD_BYTES = 12
WRONG_PASSWORD = Wording("Прежний пароль неверен. Ничего не изменилось.", "The old password is not right. Nothing was changed.")
NO_TOKEN = Wording("Такого токена нет. Ничего не изменилось.", "There is no such token. Nothing was changed.")


def change_terms(*, actor: Any, **terms: Any) -> Company:
    """Change the terms that are given and leave the others.

    Raises
    ------
    BadInput : no such term, or one that cannot be.
    """
    from lakmus.operations.company.changes import set_terms

    return set_terms(actor=actor, **terms)


def add_first_users(*, actor: Any = None) -> list[FirstUser]:
    """Add a user for each role that nobody has yet; passwords are told now and never again."""
    from lakmus.operations.accounts.changes import create_first_users

    return create_first_users(actor=actor)


def anybody_may_log_in() -> bool:
    """Say whether there is a user who is let in."""
    from lakmus.operations.accounts.queries import users_let_in

    return users_let_in().exists()


def add_user(*, actor: Any, username: str, role: str, name: str = "", email: str = "", password: str = "") -> str:
    """Add a user and return the password, made here when none was given; nobody can read it again.

    Raises
    ------
    BadInput : the name is taken or unusable, the role unknown, or the password too weak.
    """
    from lakmus.operations.accounts.changes import create_user

    chosen = password or secrets.token_urlsafe(PASSWORD_BYTES)
    create_user(username=username, role=role, password=chosen, actor=actor, name=name, email=email)
    return chosen


def renew_password(*, actor: Any, username: str) -> str:
    """Give a user a new password and return it; all sessions of the user end.

    Raises
    ------
    NotFound : there is no such user.
    """
    from lakmus.operations.accounts.changes import set_password
    from lakmus.operations.accounts.queries import user_named

    password = secrets.token_urlsafe(PASSWORD_BYTES)
    set_password(user=user_named(username), password=password, actor=actor)
    return password


def change_role(*, actor: Any, username: str, role: str) -> None:
    """Give a user another role.

    Raises
    ------
    NotFound : there is no such user.
    BadInput : there is no such role.
    NotAllowed : nobody who manages users would be left.
    """
    from lakmus.operations.accounts.changes import change_user
    from lakmus.operations.accounts.queries import user_named

    change_user(user=user_named(username), actor=actor, role=role)


def let_in(*, actor: Any, username: str, may_log_in: bool) -> None:
    """Let a user log in again, or shut them out at once.

    Raises
    ------
    NotFound : there is no such user.
    NotAllowed : nobody who manages users would be left.
    """
    from lakmus.operations.accounts.changes import activate_user, deactivate_user
    from lakmus.operations.accounts.queries import user_named

    change = activate_user if may_log_in else deactivate_user
    change(user=user_named(username), actor=actor)


def choose_look(*, user: Any, language: str | None = None, theme: str | None = None) -> None:
    """Keep the language or the look that a user chose for themselves.

    Raises
    ------
    BadInput : there is no such language or look.
    """
    from lakmus.operations.accounts.changes import change_profile

    change_profile(user=user, actor=user, language=language, theme=theme)


def change_own_password(*, user: Any, old: str, new: str) -> None:
    """Change one's own password; all other sessions of the user end.

    Raises
    ------
    BadInput : the old password is not right, or the new one is too weak.
    """
    from lakmus.operations.accounts.changes import set_password

    if not user.check_password(old):
        raise BadInput("wrong_password", WRONG_PASSWORD)
    set_password(user=user, password=new, actor=user)
    user.refresh_from_db()


def give_token(*, user: Any, name: str, scopes: list[str]) -> str:
    """Issue a token for one's own programs and return its text, which nobody can read again.

    Raises
    ------
    BadInput : no name, or no known scope.
    """
    from lakmus.operations.accounts.changes import issue_token

    return issue_token(user=user, name=name, scopes=scopes, actor=user)[1]


def give_token_to(*, actor: Any, username: str, name: str, scopes: list[str]) -> str:
    """Issue a token for the programs of a user and return its text, which nobody can read again.

    Raises
    ------
    NotFound : there is no such user.
    BadInput : no name, or no known scope.
    NotAllowed : the user's role has no use for a token.
    """
    from lakmus.operations.accounts.changes import issue_token
    from lakmus.operations.accounts.permissions import require
    from lakmus.operations.accounts.queries import user_named

    user = user_named(username)
    require(user, "tokens", "change")
    return issue_token(user=user, name=name, scopes=scopes, actor=actor)[1]


def end_token(*, actor: Any, number: int) -> None:
    """Revoke a token that `actor` may see: one's own, or anybody's for those who manage users.

    Raises
    ------
    NotFound : there is no such token.
    """
    from lakmus.operations.accounts.changes import revoke_token
    from lakmus.operations.accounts.queries import tokens_visible_to

    token = tokens_visible_to(actor).filter(pk=number).first()
    if token is None:
        raise NotFound("token_unknown", NO_TOKEN)
    revoke_token(token=token, actor=actor)
