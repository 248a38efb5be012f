"""Candidate themes are what texts without a code say and others do not; a theme that a person named finds its texts."""

from __future__ import annotations

from lakmus.engine.text.themes import candidates, entry_of, own_themes

UNSORTED = [
    "Пункт выдачи на Ленина снова закрыт",
    "В пункте выдачи темно и тесно",
    "Пункты выдачи работают до шести",
    "Коробка пришла мятая",
    "Где поменять пункт выдачи",
]
OTHERS = ["Нахамил курьер", "Коробка большая, жду неделю", "Не отвечаете на письма", "Обещали и не привезли", "Дорого"] * 3


def test_a_phrase_common_in_unsorted_texts_and_rare_in_others_is_a_candidate() -> None:
    found = candidates(UNSORTED * 3, OTHERS)
    assert found[0].phrase == "пункт выдачи" and found[0].texts == 12
    assert found[0].places[:5] == (0, 1, 2, 4, 5) and len(found[0].places) == 12
    assert not {"пункт", "выдачи"} & {one.phrase for one in found}  # they stand in the same texts


def test_what_all_texts_say_is_no_candidate() -> None:
    assert candidates(OTHERS, OTHERS) == []
    assert candidates([], OTHERS) == [] and candidates(["", "?"], []) == []


def test_a_theme_finds_its_phrases_in_any_form() -> None:
    themes = own_themes({"own_1": ["пункт выдачи", "pickup point"], "own_2": ["..."]})
    assert entry_of("Пункты выдачи!") == "пункт ..2 выдача"
    assert themes.codes("Закрыли пункты быстрой выдачи") == ["own_1"]
    assert themes.codes("Two pickup points were closed") == ["own_1"]
    assert themes.codes("Выдача заказа") == []
