"""Who spoke up, and who left silently."""

from __future__ import annotations

from lakmus.engine.bucket import facts_until
from lakmus.engine.errors.detector import Scene
from lakmus.engine.errors.search import find_errors
from lakmus.engine.errors.spoken_up import spoken_up
from lakmus.engine.feeds import feeds_of
from tests.engine.histories import COMPANY, History, moment

AS_OF = moment("2025-06-01 12:00")


def spoke(history: History) -> list[str]:
    facts = facts_until(history.table(), as_of=AS_OF)
    scene = Scene(facts, feeds_of(facts), COMPANY, AS_OF)
    return [f"{at:%d.%m}" for at in spoken_up(scene, find_errors(scene).errors)["ts"]]


def asked() -> History:
    return History().customer("anna").case("1", "2025-03-02 12:00", topic="Статус заказа", order="7", text="Когда привезут?")


def test_who_comes_back_on_a_closed_matter_has_spoken_and_who_asks_of_another_has_not() -> None:
    answered = asked().reply("1", "2025-03-02 10:00").resolve("1", "2025-03-03 12:00")
    assert spoke(answered.case("2", "2025-03-05 12:00", topic="Статус заказа", order="7", text="Когда привезут?")) == ["05.03"]
    other = asked().reply("1", "2025-03-02 10:00").resolve("1", "2025-03-03 12:00")
    assert spoke(other.case("2", "2025-03-05 12:00", topic="Бонусы", order="8", text="Сколько у меня баллов?")) == []


def test_whose_case_was_closed_without_an_answer_has_only_asked() -> None:
    history = asked().resolve("1", "2025-03-03 12:00").customer("ivan").case("2", "2025-03-02 12:00").reply("2", "2025-03-02 10:00")
    assert spoke(history) == []


def test_words_that_the_full_reading_knows_are_a_voice_and_plain_questions_are_none() -> None:
    assert spoke(asked().says("1", "2025-03-04 12:00", "Проблема не решена, обещали разобраться.")) == ["04.03"]
    assert spoke(asked().says("1", "2025-03-04 12:00", "Как оформить возврат?")) == []


def test_a_low_mark_is_a_voice_and_a_passing_one_is_none() -> None:
    history = History().customer("anna")
    history.fact("answered_survey", "2025-03-01 12:00", survey="nps", score=6.0)
    history.fact("answered_survey", "2025-03-02 12:00", survey="nps", score=7.0)
    history.fact("answered_survey", "2025-03-03 12:00", survey="csat", score=2.0)
    assert spoke(history.fact("answered_survey", "2025-03-04 12:00", survey="csat", score=3.0)) == ["01.03", "03.03"]


def test_a_good_review_that_names_a_small_flaw_is_no_complaint() -> None:
    flaw = "Вопрос так и не решён, не помогло."
    assert spoke(History().customer("anna").review("2025-03-01 12:00", 5, flaw).review("2025-03-02 12:00", 3, flaw)) == ["02.03"]
