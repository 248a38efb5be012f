"""What the shop sells: goods for home and pets, by rising price."""

from __future__ import annotations

import numpy as np

KINDS = (
    (
        "Корм для кошек",
        "Наполнитель для лотка",
        "Лакомство для собак",
        "Миска для корма",
        "Поводок",
        "Шампунь для животных",
        "Игрушка для кошек",
    ),
    ("Чай листовой", "Кофе в зёрнах", "Мёд цветочный", "Кастрюля эмалированная", "Полотенце махровое", "Плед вязаный", "Набор бокалов"),
    (
        "Сковорода чугунная",
        "Подушка ортопедическая",
        "Электрочайник",
        "Лежанка для собаки",
        "Переноска для кошки",
        "Комплект белья",
        "Светильник настольный",
    ),
    ("Когтеточка-домик", "Пылесос ручной", "Аквариум", "Мультиварка", "Одеяло пуховое", "Кресло-мешок", "Увлажнитель воздуха"),
)
MAKERS = ("«Домовой»", "«Лада»", "«Северное утро»", "«Рыжий хвост»", "«Полянка»", "«Терем»", "«Васильки»", "«Друг»")


def _catalogue() -> tuple[tuple[str, ...], tuple[str, ...], np.ndarray[tuple[int], np.dtype[np.int64]]]:
    names = [f"{kind} {maker}" for kinds in KINDS for maker in MAKERS for kind in kinds]
    steps = np.arange(len(names)) / (len(names) - 1)
    prices = (np.rint(19000 * 60**steps / 1000) * 1000 - 100).astype(np.int64)
    articles = [f"А-{1001 + index}" for index in range(len(names))]
    return tuple(articles), tuple(names), prices


ARTICLES, NAMES, PRICES = _catalogue()
"""Article numbers, names, and list prices in kopecks; the same index in all three, prices never fall."""
