"""Users and the tokens of their programs."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from lakmus.operations.accounts.roles import Role


class Language(models.TextChoices):
    """The two languages of the product; each named in itself."""

    RUSSIAN = "ru", "Русский"
    ENGLISH = "en", "English"


class Theme(models.TextChoices):
    """How the pages look; "" follows the computer."""

    LIGHT = "light"
    DARK = "dark"


class Users(BaseUserManager["User"]):
    """Finds a user by the name with which one logs in, in any case of letters."""

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the user of this name."""
        return self.get(username=(username or "").casefold())


class User(AbstractBaseUser):
    """A person who logs in. `username` and `email` are kept in small letters, so that each stands for one person."""

    username = models.CharField(_("username"), max_length=150, unique=True)
    email = models.EmailField(_("email address"), blank=True, null=True, unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    role = models.CharField(max_length=20, choices=Role.choices)
    language = models.CharField(max_length=2, choices=Language.choices, blank=True)
    theme = models.CharField(max_length=5, choices=Theme.choices, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[Users] = Users()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(role__in=Role.values), name="user_has_a_known_role")]
        ordering = ["username"]

    def __str__(self) -> str:
        return self.name or self.username

    def get_short_name(self) -> str:
        """Return how the pages greet."""
        return self.name or self.username


class Scope(models.TextChoices):
    """What a token may be used for; the user's role limits it further."""

    READ = "read"
    PUSH = "push"
    DECIDE = "decide"


class ApiToken(models.Model):
    """A program's key. Only its hash is kept; `prefix` lets a person recognise it in a list."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=20)
    token_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.prefix}…"
