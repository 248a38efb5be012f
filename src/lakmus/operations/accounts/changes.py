"""Writes about users, their passwords, and the tokens of their programs."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation

from lakmus.history.failures import BadInput, NotAllowed
from lakmus.history.wording import LANGUAGES, Wording
from lakmus.operations.accounts.models import ApiToken, Language, Scope, Theme, User
from lakmus.operations.accounts.permissions import TABLE
from lakmus.operations.accounts.queries import hashed
from lakmus.operations.accounts.roles import Role
from lakmus.operations.journal.changes import record

PASSWORD_BYTES = 12
NAME_LENGTH = 150
TOKEN_BYTES = 32
TOKEN_PREFIX = "lakmus_"  # noqa: S105  # says whose token it is; the secret follows
TOKEN_SHOWN = len(TOKEN_PREFIX) + 6
TOKEN_USE_IS_NOTED_EVERY = timedelta(minutes=1)

TAKEN = Wording(
    "Имя или адрес «{written}» уже у другого пользователя. Ничего не изменилось; выберите другое.",
    "The name or address “{written}” belongs to another user. Nothing was changed; choose another one.",
)
BAD_NAME = Wording(
    "Имя для входа не должно быть пустым, содержать пробелы или быть длиннее 150 знаков.",
    "The login name must not be empty, hold spaces, or be longer than 150 characters.",
)
BAD_EMAIL = Wording("«{written}» не похоже на адрес почты.", "“{written}” does not look like an e-mail address.")
UNKNOWN_ROLE = Wording("Роли «{written}» нет. Есть: {known}.", "There is no role “{written}”. There are: {known}.")
UNKNOWN_CHOICE = Wording("Значения «{written}» нет. Есть: {known}.", "There is no choice “{written}”. There are: {known}.")
LAST_KEEPER = Wording(
    "Это последний пользователь, который может управлять пользователями. "
    "Сначала дайте это право другому: иначе никто не сможет его вернуть.",
    "This is the last user who may manage users. First give that right to somebody else: otherwise nobody could restore it.",
)
NO_SCOPE = Wording("Отметьте, для чего ключ: чтение (read), загрузка (push).", "Say what the token is for: read, push.")
NO_NAME = Wording("Назовите ключ, чтобы потом узнать его в списке.", "Name the token, so that you know it in the list later.")

WEAK = Wording("{problem} Пароль не изменён; выберите другой.", "{problem} The password was not set; choose another one.")


@dataclass(frozen=True, slots=True)
class FirstUser:
    """A user made together with the installation, and the password that is shown only now."""

    username: str
    role: Role
    password: str


@transaction.atomic
def create_user(
    *, username: str, role: str, password: str, actor: User | None, email: str = "", name: str = "", language: str = ""
) -> User:
    """Add a user who may log in at once.

    Raises
    ------
    BadInput : the name is taken or unusable, the role unknown, or the password too weak.
    """
    user = User(username=_free_name(username, of=None), email=_free_email(email, of=None), name=name.strip(), role=_role(role))
    user.language = _one_of(language, ("", *Language.values))
    _set_checked_password(user, password)
    user.save(force_insert=True)
    record(actor=actor, verb="created_user", object_kind="user", object_key=user.username, details={"role": user.role})
    return user


@transaction.atomic
def change_user(*, user: User, actor: User | None, role: str | None = None, email: str | None = None, name: str | None = None) -> User:
    """Change a user's role, address or name; what is None stays.

    Raises
    ------
    BadInput : the address is taken, or the role unknown.
    NotAllowed : nobody who manages users would be left.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    before = {"role": user.role, "email": user.email, "name": user.name}
    if role is not None and _role(role) != user.role:
        _keep_a_keeper(user, without=(role not in TABLE["users", "change"]))
        user.role = _role(role)
    user.email = user.email if email is None else _free_email(email, of=user)
    user.name = user.name if name is None else name.strip()[:NAME_LENGTH]
    user.save(update_fields=["role", "email", "name"])
    after = {"role": user.role, "email": user.email, "name": user.name}
    # Which of address and name changed is written down, not what they were: the journal outlives the person's stay.
    details: dict[str, Any] = {"changed": [column for column in after if after[column] != before[column]]}
    if before["role"] != after["role"]:
        details["role"] = [before["role"], after["role"]]
    record(actor=actor, verb="changed_user", object_kind="user", object_key=user.username, details=details)
    return user


@transaction.atomic
def deactivate_user(*, user: User, actor: User | None) -> User:
    """Shut a user out at once: open sessions and tokens end with it. What the user did stays in the journal.

    Raises
    ------
    NotAllowed : nobody who manages users would be left.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    _keep_a_keeper(user, without=True)
    user.is_active = False
    user.save(update_fields=["is_active"])
    record(actor=actor, verb="deactivated_user", object_kind="user", object_key=user.username)
    return user


@transaction.atomic
def activate_user(*, user: User, actor: User | None) -> User:
    """Let a deactivated user in again, with the old password."""
    user.is_active = True
    user.save(update_fields=["is_active"])
    record(actor=actor, verb="activated_user", object_kind="user", object_key=user.username)
    return user


@transaction.atomic
def set_password(*, user: User, password: str, actor: User | None) -> User:
    """Give a user another password; all other sessions of the user end.

    Raises
    ------
    BadInput : the password is too weak; the message says in which way.
    """
    _set_checked_password(user, password)
    user.save(update_fields=["password"])
    record(actor=actor, verb="set_password", object_kind="user", object_key=user.username)
    return user


@transaction.atomic
def change_profile(*, user: User, actor: User | None, language: str | None = None, theme: str | None = None) -> User:
    """Keep the language and the look that a user chose.

    Raises
    ------
    BadInput : there is no such language or theme.
    """
    user.language = user.language if language is None else _one_of(language, ("", *Language.values))
    user.theme = user.theme if theme is None else _one_of(theme, ("", *Theme.values))
    user.save(update_fields=["language", "theme"])
    details = {"language": user.language, "theme": user.theme}
    record(actor=actor, verb="changed_profile", object_kind="user", object_key=user.username, details=details)
    return user


@transaction.atomic
def create_first_users(*, actor: User | None = None) -> list[FirstUser]:
    """Add one user for each role that nobody has yet, each with the role's login name and a generated password.

    They get no name: the pages call them by the title of their role, each in its own language.

    Safe to repeat: a role that somebody has is left alone and does not stand in the answer.
    """
    made = []
    for role in Role:
        if User.objects.filter(role=role.value).exists() or User.objects.filter(username=role.value).exists():
            continue
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        create_user(username=role.value, role=role.value, password=password, actor=actor)
        made.append(FirstUser(role.value, role, password))
    return made


@transaction.atomic
def issue_token(
    *, user: User, name: str, scopes: Sequence[str], actor: User | None, expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """Make a token for `user` and return it with its secret text, which is shown now and never again.

    Raises
    ------
    BadInput : no name, or no known scope.
    """
    if not name.strip():
        raise BadInput("token_without_name", NO_NAME)
    if not scopes or set(scopes) - set(Scope.values):
        raise BadInput("unknown_scope", NO_SCOPE)
    secret = TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    token = ApiToken.objects.create(
        user=user,
        name=name.strip()[:100],
        prefix=secret[:TOKEN_SHOWN],
        token_hash=hashed(secret),
        scopes=sorted(set(scopes)),
        expires_at=expires_at,
    )
    details = {"user": user.username, "scopes": token.scopes}
    record(actor=actor, verb="issued_token", object_kind="token", object_key=token.prefix, details=details)
    return token, secret


@transaction.atomic
def revoke_token(*, token: ApiToken, actor: User | None) -> ApiToken:
    """End a token at once; a second time changes nothing."""
    token = ApiToken.objects.select_for_update().get(pk=token.pk)
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        record(actor=actor, verb="revoked_token", object_kind="token", object_key=token.prefix)
    return token


def note_token_use(*, token: ApiToken, at: datetime) -> None:
    """Keep when a token was last used, to the minute: a write for every call would be the dearest part of the call.

    Not a change anybody decided on, therefore without a row in the journal.
    """
    if token.last_used_at is None or at - token.last_used_at >= TOKEN_USE_IS_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)


def _free_name(username: str, *, of: User | None) -> str:
    written = username.strip().casefold()
    if not written or len(written) > NAME_LENGTH or any(letter.isspace() for letter in written):
        raise BadInput("bad_username", BAD_NAME)
    _refuse_taken(written, of)
    return written


def _free_email(email: str, *, of: User | None) -> str | None:
    written = email.strip().casefold()
    if not written:
        return None
    try:
        validate_email(written)
    except ValidationError as problem:
        raise BadInput("bad_email", BAD_EMAIL.filled(written=email)) from problem
    _refuse_taken(written, of)
    return written


def _refuse_taken(written: str, of: User | None) -> None:
    """Name and address share one space: a name equal to somebody's address would take over that person's login."""
    others = User.objects.exclude(pk=of.pk) if of is not None else User.objects.all()
    if others.filter(Q(username=written) | Q(email=written)).exists():
        raise BadInput("name_taken", TAKEN.filled(written=written))


def _role(written: str) -> str:
    if written not in Role.values:
        raise BadInput("unknown_role", UNKNOWN_ROLE.filled(written=written, known=", ".join(Role.values)))
    return written


def _one_of(written: str, known: Any) -> str:
    if written not in known:
        raise BadInput("unknown_choice", UNKNOWN_CHOICE.filled(written=written, known=", ".join(filter(None, known))))
    return written


def _keep_a_keeper(user: User, *, without: bool) -> None:
    """Refuse a change that leaves nobody who may manage users."""
    keepers = TABLE["users", "change"]
    if not without or user.role not in keepers or not user.is_active:
        return
    others = User.objects.select_for_update().filter(role__in=[role.value for role in keepers], is_active=True).exclude(pk=user.pk)
    if not others.exists():
        raise NotAllowed("last_keeper", LAST_KEEPER)


def _set_checked_password(user: User, password: str) -> None:
    said = {language: _weakness(password, user, language) for language in LANGUAGES}
    if any(said.values()):
        wording = Wording(*(WEAK.in_language(language).format(problem=said[language]) for language in LANGUAGES))
        raise BadInput("weak_password", wording)
    user.set_password(password)


def _weakness(password: str, user: User, language: str) -> str:
    """Return what speaks against a password, "" for a good one. The checks speak the language of the moment they run in."""
    with translation.override(language):
        try:
            validate_password(password, user)
        except ValidationError as weak:
            return " ".join(weak.messages)
    return ""
