"""Jobs of bringing files in, and the list of people whose rows no import takes."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from lakmus.history.wording import Wording


class State(models.TextChoices):
    """Where a job stands.

    ```
    waiting ──agree──> planned ──take──> running ──finish──> done
       │                  │                 ├──refuse──> refused
       └──── refuse ──────┴──> refused      └──crash──> crashed ──take──> running
    ```
    A worker that dies leaves its job `running` with a heartbeat that falls silent; whoever comes next may take it.
    """

    WAITING = "waiting"
    PLANNED = "planned"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    CRASHED = "crashed"

    @property
    def title(self) -> Wording:  # type: ignore[override]  # hides str.title, which no code here wants
        """The state's name for people."""
        return TITLES[self.value]


TITLES = {
    "waiting": Wording("ждёт подтверждения", "waits for confirmation"),
    "planned": Wording("в очереди", "queued"),
    "running": Wording("загружается", "being imported"),
    "done": Wording("загружено", "imported"),
    "refused": Wording("не загружено", "not imported"),
    "crashed": Wording("прервано", "interrupted"),
}
ENDED = frozenset({State.DONE, State.REFUSED})


class ImportJob(models.Model):
    """Files that lie in the uploads folder, the plan a person agreed to, and what came of it."""

    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING, db_index=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    file_names = models.JSONField(default=list)
    folder = models.CharField(max_length=300, blank=True)
    plan = models.JSONField(null=True, blank=True)
    report = models.JSONField(null=True, blank=True)
    rejected_files = models.JSONField(default=list)

    rows_done = models.PositiveBigIntegerField(default=0)
    rows_expected = models.PositiveBigIntegerField(null=True, blank=True)
    step = models.CharField(max_length=60, blank=True)

    runner = models.CharField(max_length=100, blank=True)
    attempt_count = models.PositiveIntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    error_code = models.CharField(max_length=60, blank=True)
    error_ru = models.TextField(blank=True)
    error_en = models.TextField(blank=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [models.CheckConstraint(condition=models.Q(state__in=State.values), name="import_has_a_known_state")]

    def __str__(self) -> str:
        return f"{self.pk}: {self.state}"

    @property
    def done_share(self) -> float | None:
        """How much is done, 0..1; None while nobody knows how many rows there are."""
        if self.state == State.DONE:
            return 1.0
        return min(1.0, self.rows_done / self.rows_expected) if self.rows_expected else None

    @property
    def error(self) -> Wording | None:
        """What went wrong, for people."""
        return Wording(self.error_ru, self.error_en) if self.error_code else None


class ForgottenPerson(models.Model):
    """Somebody who was erased and whom no import brings back; who it was, nobody can read here."""

    forgotten_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    forgotten_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["forgotten_at", "id"]

    def __str__(self) -> str:
        return f"{self.pk}: {self.forgotten_at:%Y-%m-%d}"


class ForgottenKey(models.Model):
    """One way to recognise a forgotten person, as a digest that says nothing without the home's own key."""

    person = models.ForeignKey(ForgottenPerson, on_delete=models.CASCADE, related_name="keys")
    digest = models.CharField(max_length=40, unique=True)

    def __str__(self) -> str:
        return self.digest
