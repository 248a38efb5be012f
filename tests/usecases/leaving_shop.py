"""A shop whose past can judge: 700 customers in two years, every third buys once, the others until a day on which they leave."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

END = datetime(2026, 2, 28, 12)


def write_orders(path: Path) -> None:
    """Write the orders: who goes on buys every ten to 35 days."""
    chance = np.random.default_rng(8)
    orders = ["Номер заказа;Дата заказа;ID клиента;Сумма"]
    for person in range(700):
        day, last = float(chance.uniform(0, 650)), float(chance.exponential(500))
        left, every = day + last if person % 3 else day, float(chance.uniform(10, 35))
        while day < 730:
            at = END - timedelta(days=730 - day)
            orders.append(f"З{len(orders)};{at:%d.%m.%Y %H:%M};К{person};{chance.integers(300, 3000)},00")
            day += max(1.0, float(chance.gamma(2, every / 2)))
            if day > left and chance.random() < 0.97:
                break
    path.write_text("\n".join(orders), encoding="utf-8")
