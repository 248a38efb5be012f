"""Scenarios are read strictly and inherit what they leave out."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from lakmus.history.failures import BadInput
from lakmus.simulate.scenario import load_scenario, scenario_names


def test_every_packaged_scenario_can_be_read_by_name() -> None:
    assert scenario_names() == ["confounded", "default", "late_deliveries", "quiet", "slow_desk"]
    assert [load_scenario(name).name for name in scenario_names()] == scenario_names()
    assert load_scenario() == load_scenario("default")


def test_a_file_changes_only_what_it_names(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("[shop]\nends_on = 2025-06-01\n[errors]\nlate_share = 0.5\n", encoding="utf-8")
    scenario, default = load_scenario(tmp_path / "mine.toml"), load_scenario()
    assert (scenario.name, scenario.shop.ends_on, scenario.errors.late_share) == ("mine", date(2025, 6, 1), 0.5)
    assert (scenario.voice, scenario.effects, scenario.shop.rhythm_days) == (default.voice, default.effects, default.shop.rhythm_days)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("[courier]\nspeed = 1", "scenario_part_unknown"),
        ("errors = 3", "scenario_part_unknown"),
        ("[errors]\nlate = 0.1", "scenario_field_unknown"),
        ("[errors]\nlate_share = 1.5", "scenario_field_wrong"),
        ("[errors]\nlate_share = -0.1", "scenario_field_wrong"),
        ('[errors]\nlate_share = "много"', "scenario_field_wrong"),
        ("[errors]\nlate_share = true", "scenario_field_wrong"),
        ("[errors]\nlate_share = nan", "scenario_field_wrong"),
        ("[effects]\ntolerance = []", "scenario_field_wrong"),
        ("[effects]\ntolerance = [0.1, 0.2]", "scenario_curve_wrong"),
        ("[effects]\ntolerance_days = [3, 2, 1, 5, 7, 10, 20]", "scenario_curve_wrong"),
        ("[shop]\nrhythm_days = 0", "scenario_field_wrong"),
        ("[shop]\nends_on = 5", "scenario_field_wrong"),
        ("[errors\n", "scenario_unreadable"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(tmp_path: Path, written: str, code: str) -> None:
    (tmp_path / "bad.toml").write_text(written, encoding="utf-8")
    with pytest.raises(BadInput) as refused:
        load_scenario(tmp_path / "bad.toml")
    assert refused.value.code == code
    assert "Ничего не записано" in refused.value.wording.ru
    assert "Nothing was written" in refused.value.wording.en


def test_a_missing_scenario_is_answered_with_the_names_there_are(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused:
        load_scenario(tmp_path / "nowhere.toml")
    assert refused.value.code == "scenario_missing"
    assert "late_deliveries" in refused.value.wording.en
