"""The six roles of the people who log in."""

from __future__ import annotations

from django.db import models

from lakmus.history.wording import Wording


class Role(models.TextChoices):
    """What a user comes for; `permissions.TABLE` says what follows from it."""

    OWNER = "owner"
    HEAD_OF_SERVICE = "head_of_service"
    MARKETER = "marketer"
    AGENT = "agent"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"

    @property
    def title(self) -> Wording:  # type: ignore[override]  # hides str.title, which no code here wants
        """The role's name for people."""
        return TITLES[self.value]


TITLES = {
    "owner": Wording("владелец", "owner"),
    "head_of_service": Wording("руководитель сервиса", "head of service"),
    "marketer": Wording("маркетолог", "marketer"),
    "agent": Wording("сотрудник поддержки", "support agent"),
    "analyst": Wording("аналитик", "analyst"),
    "administrator": Wording("администратор", "administrator"),
}
