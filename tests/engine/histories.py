"""A small language for writing histories in tests: one call per fact, then `.table()`.

History().customer("anna").order("A1", "2025-03-01").promise("A1", "2025-03-03").receive("A1", "2025-03-05 12:00")
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa

from lakmus.history.activity import ACTIVITY_SCHEMA, activity_id
from lakmus.history.company import Company
from lakmus.history.kinds import KINDS
from lakmus.history.period import end_of_day

ZONE = "Europe/Moscow"
COMPANY = Company()


def moment(text: str) -> datetime:
    """Read '2025-03-01' or '2025-03-01 10:30' as Moscow time."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


def day_end(text: str) -> datetime:
    """The last microsecond of the day in Moscow."""
    return end_of_day(datetime.fromisoformat(text).date(), ZONE)


class History:
    """Collects activities; `customer(...)` says to whom the next facts belong (None: nobody knows)."""

    def __init__(self) -> None:
        self.rows: list[dict[str, object]] = []
        self.who: str | None = None

    def customer(self, name: str | None) -> History:
        self.who = name
        return self

    def fact(
        self, kind: str, at: str | datetime, *, known_at: str | None = None, anonymous: str | None = None, **columns: object
    ) -> History:
        ts = moment(at) if isinstance(at, str) else at
        row: dict[str, object] = dict.fromkeys(ACTIVITY_SCHEMA.names)
        row.update({f"_{name}": thing for name, thing in columns.items()})
        row.update(ts=ts, customer=self.who, activity=kind, anonymous_customer_id=anonymous, _known_at=moment(known_at) if known_at else ts)
        row["activity_id"] = activity_id(kind, self.who or anonymous, ts, *(columns.get(name) for name in sorted(columns)), len(self.rows))
        amount = columns.get("amount")
        row["revenue_impact"] = None if amount is None else KINDS[kind].revenue_sign * float(amount)  # type: ignore[arg-type]
        self.rows.append(row)
        return self

    def order(self, number: str | None, at: str | datetime, amount: float | None = 100.0, **more: object) -> History:
        return self.fact("placed_order", at, order=number, amount=amount, **more)

    def orders(self, first: str, *gaps_days: float, amount: float = 100.0) -> History:
        """The first order at `first`, each further one so many days later."""
        at = moment(first)
        for gap in (0.0, *gaps_days):
            at += timedelta(days=gap)
            self.order(f"{self.who}-{len(self.rows)}", at, amount)
        return self

    def promise(self, number: str, day: str, at: str | None = None) -> History:
        return self.fact("was_promised_delivery", at or day, order=number, promised_at=day_end(day))

    def receive(self, number: str, at: str) -> History:
        return self.fact("received_order", at, order=number)

    def cancel(self, number: str, at: str) -> History:
        return self.fact("cancelled_order", at, order=number)

    def case(
        self, number: str, at: str, *, channel: str = "chat", topic: str | None = None, order: str | None = None, text: str | None = None
    ) -> History:
        return self.fact("opened_case", at, case=number, channel=channel, topic=topic, order=order, text=text)

    def says(self, number: str, at: str, text: str = "Где мой заказ?") -> History:
        return self.fact("sent_message", at, case=number, author="customer", text=text)

    def reply(self, number: str, at: str, *, author: str = "person", staff: str | None = "Олег", text: str = "Уточняю") -> History:
        return self.fact("received_reply", at, case=number, author=author, staff=staff, text=text)

    def resolve(self, number: str, at: str) -> History:
        return self.fact("case_resolved", at, case=number)

    def reopen(self, number: str, at: str) -> History:
        return self.fact("case_reopened", at, case=number)

    def review(self, at: str, stars: float, text: str | None = "Плохо", order: str | None = None) -> History:
        return self.fact("left_review", at, stars=stars, text=text, order=order)

    def table(self) -> pa.Table:
        """All facts so far, sorted as a bucket is: by customer (or anonymous id) and time."""
        rows = sorted(
            self.rows, key=lambda row: (str(row["customer"] or row["anonymous_customer_id"] or ""), row["ts"], row["activity_id"])
        )
        return pa.Table.from_pylist(rows, schema=ACTIVITY_SCHEMA)
