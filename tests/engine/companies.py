"""A company drawn by a seed, for tests of the whole way: some hundred regulars, late parcels that drive people away."""

from __future__ import annotations

import random
from datetime import timedelta

from tests.engine.histories import History, moment

END = moment("2025-12-31")


def shop(customers: int = 240, seed: int = 1) -> History:
    """Orders with promises, receipts, chats, contacts, visits and reviews until END."""
    rng = random.Random(seed)
    history = History()
    for number in range(customers):
        history.customer(f"c{number:03}").fact("gave_details", moment("1970-01-01"), name=f"Имя {number}", place="Казань")
        at, gap = moment("2024-01-01") + timedelta(days=rng.random() * 250), rng.choice([15, 25, 40])
        while at < END:
            late = _deal(history, rng, f"{number}-{len(history.rows)}", at)
            if rng.random() < (0.25 if late else 0.04):
                break
            at += timedelta(days=rng.expovariate(1 / gap) + 0.5)
    return history


def _deal(history: History, rng: random.Random, number: str, at) -> bool:
    """One order with everything around it; says whether it came late."""
    late = rng.random() < 0.2
    history.order(number, at, rng.choice([1000.0, 2000.55, 499.9])).promise(number, (at + timedelta(days=3)).date().isoformat(), at=at)
    received = at + timedelta(days=5 if late else 2)
    noon = (at + timedelta(days=1)).replace(hour=9)
    if noon < END:
        history.fact("received_automatic_message", noon, order=number, template="packed", text=f"Заказ № {number} собран")
    if rng.random() < 0.03:
        history.cancel(number, at + timedelta(hours=3))
        return False
    if received < END:
        history.receive(number, received)
    if rng.random() < 0.5:
        history.fact("was_contacted", at + timedelta(days=7), channel="phone")
    if late and rng.random() < 0.3:
        asked = received + timedelta(hours=2)
        history.case(f"k{number}", asked, topic="Опоздание доставки", order=number).says(f"k{number}", asked, "Где мой заказ?")
        if rng.random() < 0.8:
            history.reply(f"k{number}", asked + timedelta(minutes=rng.choice([20, 200])), staff=("Вера", "Олег")[len(history.rows) % 2])
            history.resolve(f"k{number}", asked + timedelta(hours=5))
    for _ in range(rng.randrange(4)):
        history.fact("visited_site", at - timedelta(days=rng.random() * 5), page="/")
    if rng.random() < 0.1:
        history.review(at + timedelta(days=6), rng.choice([1, 4, 5]), "Текст", order=number)
    return late
