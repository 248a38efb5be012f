"""`no_aftersales`: nobody of the company got in touch within so many days of a delivery."""

from __future__ import annotations

import polars as pl

from lakmus.engine.bucket import KEY, of_kind
from lakmus.engine.errors.detector import Detector, Found, Scene, day_text, shaped
from lakmus.engine.feeds import days
from lakmus.history.wording import Wording


def find(scene: Scene) -> Found:
    """Return deliveries that no contact followed; every delivery whose time for a contact has passed is a moment.

    A contact is a `was_contacted` of the same customer, whichever order it speaks of; automatic messages are none. Deliveries are judged
    only where the feed of contacts had begun by the middle of their time and went on after its end.
    """
    allowed = days(scene.company.aftersales_days)
    seen_until = min(scene.as_of, scene.feeds.last_at("was_contacted"))
    seen_from = scene.feeds.first_at("was_contacted") - allowed / 2
    received = scene.orders.filter(pl.col("received_at").is_not_null() & ~pl.col("cancelled")).with_columns(
        (pl.col("received_at") + allowed).alias("at")
    )
    judged = received.filter((pl.col("at") <= seen_until) & (pl.col("received_at") >= seen_from))
    contacts = of_kind(scene.facts, "was_contacted").select(KEY, pl.col("ts").alias("contact_at")).sort("contact_at")
    joined = judged.sort("received_at").join_asof(
        contacts, left_on="received_at", right_on="contact_at", by=KEY, strategy="forward", check_sortedness=False
    )
    none = pl.col("contact_at").is_null() | (pl.col("contact_at") > pl.col("at"))
    joined = joined.with_columns(none.alias("exposed"))
    zone, count = scene.company.time_zone, scene.company.aftersales_days
    errors = joined.filter("exposed").with_columns(
        pl.col("evidence").list.last().alias("anchor"),
        pl.lit(0.4).alias("severity"),
        pl.lit(0.9).alias("confidence"),
        pl.format(f"Получил заказ {{}}, за {count} дн. с ним никто не связался", day_text("received_at", zone, "ru")).alias("summary_ru"),
        pl.format(f"Received the order on {{}}; nobody got in touch within {count} days", day_text("received_at", zone, "en")).alias(
            "summary_en"
        ),
    )
    return shaped(errors, joined)


DETECTOR = Detector(
    code="no_aftersales",
    name="no_contact_after_delivery",
    rule=Wording(
        "после получения заказа за отведённые дни никто из компании не связался с клиентом; автоматические сообщения не считаются",
        "nobody of the company got in touch within the allowed days of the delivery; automatic messages do not count",
    ),
    needs=(("received_order", "was_contacted"),),
    needed=Wording("доставки и записи о наших контактах с клиентами", "deliveries and records of our contacts with customers"),
    find=find,
)
