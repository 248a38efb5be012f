"""The service desk: channels with their targets, topics, and people in three shifts, some slower than others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lakmus.simulate.draws import Flags, Floats, Whole
from lakmus.simulate.season import DAY

CHANNELS = ("чат", "мессенджер", "почта", "телефон", "соцсети")
CHANNEL_SHARE = np.array([0.24, 0.26, 0.22, 0.2, 0.08])
TARGET_MINUTES = np.array([60, 240, 1440, 1440, 2880])
PHONE = 3
COMPLAINTS = ("Опоздание доставки", "Брак или повреждение", "Качество обслуживания")
QUESTIONS = ("Вопрос о товаре", "Изменение заказа", "Оплата", "Возврат", "Бонусы", "Статус заказа")
TOPICS = COMPLAINTS + QUESTIONS
QUESTION_SHARE = np.array([0.3, 0.15, 0.12, 0.18, 0.1, 0.15])
LATE, DEFECT, SERVICE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Worker:
    """A member of staff: full name, shift (0 day, 1 evening, 2 night), weight of being slow."""

    name: str
    woman: bool
    shift: int
    slowness: float


STAFF = (
    Worker("Орлова Марина", True, 0, 0.7),
    Worker("Гусев Павел", False, 0, 0.9),
    Worker("Ким Алина", True, 0, 0.8),
    Worker("Соболев Игорь", False, 0, 2.6),
    Worker("Белова Дарья", True, 1, 0.8),
    Worker("Тарасов Денис", False, 1, 1.0),
    Worker("Мухина Ольга", True, 1, 0.9),
    Worker("Фролов Антон", False, 1, 2.2),
    Worker("Носова Вера", True, 2, 1.4),
    Worker("Жуков Степан", False, 2, 1.8),
)
SLOWNESS_OF_SHIFT = np.array([1.0, 1.0, 1.5])


def shift_of(at: Whole) -> Whole:
    """Return the shift on duty at each minute: 0 from 08:00, 1 from 16:00, 2 from midnight."""
    return ((at % DAY) // 480 + 2) % 3


def who_answers(draws: Floats, at: Whole, slow: Flags) -> Whole:
    """Return who of the shift on duty at `at` answers; a slow answer more likely comes from a slow member of staff."""
    shift = shift_of(at)
    chosen = np.zeros(len(at), np.int64)
    for number in range(3):
        team = np.array([index for index, worker in enumerate(STAFF) if worker.shift == number])
        slowness = np.array([STAFF[index].slowness for index in team])
        for kind, weight in ((True, slowness), (False, 1 / (1 + slowness))):
            here = (shift == number) & (slow == kind)
            grown = np.cumsum(weight) / weight.sum()
            chosen[here] = team[np.minimum(np.searchsorted(grown, draws[here], side="right"), len(team) - 1)]
    return chosen
