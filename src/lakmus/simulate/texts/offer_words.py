"""Words of offers."""

from __future__ import annotations

from lakmus.simulate.texts.grammar import Pattern

CAMPAIGNS = ("Товар недели", "Только для вас", "Скидка выходного дня", "Новинки месяца")
OFFER: Pattern = (
    ("{name}, для вас:", "Здравствуйте, {name}!", "Добрый день!", ""),
    ("{product} со скидкой 10 %.", "{product} дешевле до конца недели.", "Присмотритесь: {product}.", "Снова в наличии: {product}."),
    ("Ждём вас!", "Успейте заказать.", ""),
)
