"""Charts are well-formed, say their figures in text, and carry no style of their own."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakmus.usecases import charts
from lakmus.usecases.charts import causes

SPACE = "{http://www.w3.org/2000/svg}"
MONTHS = [charts.MonthOfLoss(date(2025, month, 1), month * 2, month * 3) for month in range(1, 13)]
STEPS = [causes.DoseStep("1–2", 0.01, -0.01, 0.03, 120), causes.DoseStep("3+", None, 0.0, 0.0, 4), causes.DoseStep("5+", 0.2, 0.1, 0.3, 60)]
FALLING = [causes.Falling("опоздание", "нет ответа", 2.4), causes.Falling("нет ответа", "опоздание", 1.0)]
DRAWN = {
    "quiet_quadrant": causes.quiet_quadrant(
        [causes.QuietPoint(1, "опоздание", 0.04, 5e5, 2e5, 8e5), causes.QuietPoint(2, "грубость", 0.6, -1e4, -3e4, 1e4)],
        title="Тихие ошибки",
        parted_at=0.1,
        written=lambda cost: f"{cost:.0f} ₽",
    ),
    "no quiet errors": causes.quiet_quadrant([], title="Пусто", parted_at=0.0, written=str),
    "tolerance": causes.tolerance(STEPS, title="Терпение", breaks_at=2),
    "error_by_month": causes.error_by_month([causes.MonthOfError(date(2025, 3, 1), 9, 4, 2)], title="Опоздания", language="en"),
    "no months of an error": causes.error_by_month([], title="Пусто"),
    "dominoes": causes.dominoes(FALLING, title="Домино"),
    "no dominoes": causes.dominoes([], title="Пусто"),
    "lost_by_month": charts.lost_by_month(MONTHS),
    "nothing lost": charts.lost_by_month([]),
    "one quiet month": charts.lost_by_month([charts.MonthOfLoss(date(2025, 1, 1), 0, 0)], "en"),
    "orders_by_month": charts.orders_by_month([(date(2025, 1, 1), 0), (date(2025, 2, 1), 7)]),
    "no orders": charts.orders_by_month([]),
    "litmus_strip": charts.litmus_strip(0.78, low=0.6, high=0.9),
    "unknown risk": charts.litmus_strip(None, "en"),
    "lamp_grid": charts.lamp_grid([charts.LampRow("Покупки", (True, None, False))], [date(2025, m, 1) for m in (1, 2, 3)]),
    "interval_bar": charts.interval_bar(5.1, 4.2, 6.3, scale_low=-1, scale_high=8, words="5,1 млн ₽"),
    "share_bars": charts.share_bars([charts.ShareRow("Отзывы", 0.42, "42 %"), charts.ShareRow("Обращения", None, "нет")], title="Охват"),
    "stars": charts.stars_histogram([charts.StarsGroup("Поздно", (5, 1, 1, 1, 2)), charts.StarsGroup("Вовремя", (0, 0, 0, 0, 0))]),
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_chart_is_one_picture_with_a_name_and_rows_to_read(name: str) -> None:
    root = ET.fromstring(DRAWN[name])
    assert root.tag == f"{SPACE}svg" and root.get("role") == "img"
    assert root.get("aria-label") == root.findtext(f"{SPACE}title") != ""
    assert not [element for element in root.iter() if element.get("style") or element.tag in (f"{SPACE}script", f"{SPACE}style")]


def test_bars_of_loss_are_as_long_as_their_counts_and_written_beside() -> None:
    root = ET.fromstring(DRAWN["lost_by_month"])
    up = [float(bar.get("height", 0)) for bar in root.iter(f"{SPACE}rect") if bar.get("class") == "ch-red"]
    down = [float(bar.get("height", 0)) for bar in root.iter(f"{SPACE}rect") if bar.get("class") == "ch-violet"]
    assert down[11] / up[11] == pytest.approx(1.5, rel=0.01) and up[11] / up[5] == pytest.approx(2, rel=0.01)
    words = {element.text for element in root.iter(f"{SPACE}text")}
    assert {"24", "36", "дек"} <= words


def test_the_mark_of_a_leaver_stands_left_and_of_a_stayer_right() -> None:
    def mark(probability: float) -> float:
        root = ET.fromstring(charts.litmus_strip(probability))
        return next(float(bar.get("x", 0)) for bar in root.iter(f"{SPACE}rect") if bar.get("class") == "ch-ink")

    assert mark(0.95) < 10 and mark(0.05) > 105


def test_stars_are_summed_up_in_words() -> None:
    late = charts.StarsGroup("Поздно", (5, 1, 1, 1, 2))
    assert (late.mean, late.one_star_share) == (2.4, 0.5)
    assert "в среднем 2,40, единиц 50,0" in DRAWN["stars"].replace("\N{NO-BREAK SPACE}", " ")
    assert "Вовремя: отзывов нет" in DRAWN["stars"]


@settings(max_examples=25)
@given(st.text(max_size=40))
def test_what_people_wrote_cannot_break_out_of_a_chart(title: str) -> None:
    wicked = title.translate(dict.fromkeys(range(32))) + "<script>\"'&"
    drawn = charts.share_bars([charts.ShareRow(wicked, 0.5, wicked)], title=wicked)
    assert "<script>" not in drawn
    assert drawn.count("<svg") == 1


def test_a_picture_that_travels_alone_carries_its_colours() -> None:
    alone = charts.standalone(DRAWN["lost_by_month"])
    assert ET.fromstring(alone)[0].tag == f"{SPACE}style"
    assert ".ch-red{fill:#c8304f}" in alone
