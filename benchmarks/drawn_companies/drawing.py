"""One company by its number: a shop by the simulator, one with monthly contracts, or one where nothing that is known tells who leaves."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

from lakmus.history.activity import ACTIVITY_SCHEMA
from lakmus.simulate.company import simulate_company
from lakmus.simulate.scenario import Scenario, load_scenario
from tests.engine.simulated import activities

SMALLEST, LARGEST = 300, 20_000
SCENARIOS = ("default", "quiet", "late_deliveries", "slow_desk", "confounded")
CONTRACTS_EVERY = 4
NOISE_EVERY, NOISE_AT = 8, 6
END = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Drawn:
    """A company: its sort, its activities until `end`, and the truth about each customer: (left at, began to cool at), None where not."""

    number: int
    sort: str
    season: bool
    customers: int
    table: pa.Table
    end: datetime
    truth: dict[str, tuple[datetime | None, datetime | None]]


def drawn(number: int, seed: int) -> Drawn:
    """Return the company of a number."""
    chance = np.random.default_rng([seed, number])
    customers = round(float(np.exp(chance.uniform(np.log(SMALLEST), np.log(LARGEST)))))
    if number % CONTRACTS_EVERY == CONTRACTS_EVERY - 1:
        return contracts(number, customers, chance)
    if number % NOISE_EVERY == NOISE_AT:
        return noise(number, customers, chance)
    return shop(number, customers, chance)


def scenario_of(chance: np.random.Generator, *, season: bool) -> Scenario:
    """Return one of the packaged scenarios with another rhythm, another loss, other newcomers."""
    told = load_scenario(SCENARIOS[chance.integers(len(SCENARIOS))])
    shop = replace(
        told.shop,
        rhythm_days=float(np.exp(chance.uniform(np.log(20), np.log(75)))),
        rhythm_shape=float(chance.uniform(1.5, 4)),
        gap_shape=float(chance.uniform(1, 3)),
        known_at_start=float(chance.uniform(0.2, 0.8)),
        one_time_share=float(chance.uniform(0.0, 0.4)),
        season_strength=1.0 if season else 0.0,
        promotions_per_year=5 if season else 0,
    )
    loss = replace(told.loss, yearly_hazard=float(chance.uniform(0.05, 0.4)), gradual_share=float(chance.uniform(0.2, 0.9)))
    return replace(told, shop=shop, loss=loss)


def shop(number: int, customers: int, chance: np.random.Generator) -> Drawn:
    """Return a shop by the simulator: its files, read by a few lines of Polars."""
    season = bool(chance.random() < 0.5)
    scenario, months = scenario_of(chance, season=season), int(chance.integers(18, 34))
    with tempfile.TemporaryDirectory(prefix="lakmus-drawn-") as place:
        folder = Path(place)
        made = simulate_company(folder, customers=customers, months=months, seed=int(chance.integers(1 << 30)), scenario=scenario)
        people = pl.read_json((folder / "truth.json").read_bytes(), schema_overrides={}, infer_schema_length=None)["customers"].explode()
        rows = people.struct.unnest().select("customer", "lost", "lost_at", "cooling_since")
        truth = {who: (_moment(left) if lost else None, _moment(cooled)) for who, lost, left, cooled in rows.iter_rows()}
        return Drawn(number, "shop", season, customers, activities(folder), _ends_on(made.end), truth)


def _ends_on(day: str) -> datetime:
    return datetime.fromisoformat(f"{day[:10]}T00:00:00+03:00")


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def noise(number: int, customers: int, chance: np.random.Generator) -> Drawn:
    """Return a shop where everybody buys at one rate without memory and nobody leaves: no past tells whose next purchase comes late."""
    length, every = int(chance.integers(18, 34)) * 30.4, float(np.exp(chance.uniform(np.log(20), np.log(60))))
    owner = np.repeat(np.arange(customers), chance.poisson(length / every, customers))
    day = chance.uniform(0, length, owner.size)
    frame = pl.DataFrame(
        {"owner": owner, "day": day, "activity": "placed_order", "amount": np.round(chance.lognormal(7, 0.5, owner.size), 2)}
    )
    table = shop_table(frame, END - timedelta(days=length))
    return Drawn(number, "noise", False, customers, table, END, {f"К{who:06}": (None, None) for who in range(customers)})


def contracts(number: int, customers: int, chance: np.random.Generator) -> Drawn:
    """Return a company with monthly contracts: invoices every 30 days, use every week, complaints; some begin to use it less and leave.

    The chance of leaving is a customer's own, higher after complaints; half of those who leave use the service less for two months before.
    """
    season, months = bool(chance.random() < 0.5), int(chance.integers(18, 34))
    length = months * 30.4
    began = np.where(chance.random(customers) < 0.4, 0.0, chance.random(customers) * length)
    base, unhappy = chance.uniform(0.01, 0.05), chance.random(customers) < 0.25
    hazard = base * chance.gamma(2, 0.5, customers) * np.where(unhappy, chance.uniform(2, 4), 1.0)
    stays = chance.exponential(30 / np.maximum(hazard, 1e-6))
    left = began + stays
    fades = (chance.random(customers) < 0.5) & (stays > 60)
    parts = []

    def add(kind: str, owner: np.ndarray, day: np.ndarray, stars: float | None = None) -> None:
        kept = (day >= 0) & (day < length) & (day <= left[owner])
        parts.append(
            pl.DataFrame({"owner": owner[kept], "day": day[kept]}).with_columns(activity=pl.lit(kind), stars=pl.lit(stars, pl.Float64))
        )

    everybody = np.arange(customers)
    add("started_contract", everybody, began)
    owner = np.repeat(everybody, months + 1)
    number_of = np.tile(np.arange(months + 1), customers)
    add("paid_invoice", owner, began[owner] + 30.0 * number_of + chance.uniform(0, 4, owner.size))
    weeks = round(length / 7)
    owner, week = np.repeat(everybody, weeks), np.tile(np.arange(weeks), customers)
    day = week * 7 + chance.uniform(0, 7, owner.size)
    keen = 0.7 * (1 + 0.4 * season * np.sin(2 * np.pi * day / 365)) * np.where(fades[owner] & (day > left[owner] - 60), 0.25, 1.0)
    used = (chance.random(owner.size) < keen) & (day > began[owner])
    add("used_service", owner[used], day[used])
    owner = np.repeat(everybody, 12)
    day = chance.uniform(0, length, owner.size)
    said = (chance.random(owner.size) < np.where(unhappy[owner], 0.4, 0.05)) & (day > began[owner])
    add("left_review", owner[said], day[said], 1.0)
    gone = everybody[left < length]
    add("gave_notice", gone, left[gone])
    start = END - timedelta(days=length)
    frame = shop_table(pl.concat(parts), start)
    ended = [start + timedelta(days=float(day)) if day < length else None for day in left]
    cooled = [start + timedelta(days=float(day - 60)) if fade and day < length else None for fade, day in zip(fades, left, strict=True)]
    truth = {f"К{who:06}": (ended[who], cooled[who]) for who in range(customers)}
    return Drawn(number, "contract", season, customers, frame, END, truth)


def shop_table(parts: pl.DataFrame, start: datetime) -> pa.Table:
    at = pl.lit(start).cast(pl.Datetime("us", "UTC")) + pl.duration(microseconds=(pl.col("day") * 86_400e6).cast(pl.Int64))
    customer = pl.format("К{}", pl.col("owner").cast(pl.String).str.zfill(6))
    frame = parts.with_row_index("n").select(
        pl.col("n").cast(pl.String).str.zfill(32).alias("activity_id"),
        at.alias("ts"),
        at.alias("_known_at"),
        customer.alias("customer"),
        "activity",
        *(pl.col(name).alias(f"_{name}") for name in ("stars", "amount") if name in parts.columns),
        pl.when(~pl.col("activity").is_in(["used_service", "placed_order"])).then(customer).alias("_contract"),
        pl.when(pl.col("activity") == "placed_order").then(pl.col("n").cast(pl.String)).alias("_order"),
    )
    missing = [pl.lit(None).alias(name) for name in ACTIVITY_SCHEMA.names if name not in frame.columns]
    return frame.with_columns(missing).sort("customer", "ts", "activity_id").select(ACTIVITY_SCHEMA.names).to_arrow().cast(ACTIVITY_SCHEMA)
