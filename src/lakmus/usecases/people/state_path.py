"""Through which states one customer went, and since when: walked back from the day one looks from, by what was known before each change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from lakmus.engine.risk.state_history import states_over
from lakmus.history.failures import NotFound
from lakmus.operations.company.queries import company_terms
from lakmus.usecases.house.home import Home
from lakmus.usecases.people.show_customer import NO_CUSTOMER
from lakmus.usecases.show_verdict import Shown

MOST_STEPS = 24
A_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Stood:
    """A state, and since when; None where the history does not say."""

    state: str
    since: datetime | None


def state_path(home: Home, shown: Shown, customer: str) -> tuple[Stood, ...]:
    """Return a customer's states, the latest first, by the definition of loss in force; empty while nobody can say who is lost.

    Each state is what was known at its own time, as in the moves between states, and the first is that of the verdict.

    Raises
    ------
    NotFound : nothing is known of such a customer as of that moment.
    """
    stream, terms = home.stream(), company_terms()
    history = stream.history_of(stream.identity.canonical(customer), as_of=shown.as_of)
    if not history.num_rows:
        raise NotFound("customer_unknown", NO_CUSTOMER.filled(customer=customer))
    rhythm, horizon = shown.learned.rhythm, shown.verdict.definition.horizon_days
    if rhythm is None or horizon is None:
        return ()
    path: list[Stood] = []
    at = shown.as_of
    for _ in range(MOST_STEPS):
        found = states_over(history, rhythm=rhythm, horizon_days=horizon, time_zone=terms.time_zone, dates=[at], loss=terms.loss)
        if not found.num_rows:
            break
        state, since = found["state"][0].as_py(), found["since"][0].as_py()
        if not path or path[-1].state != state:
            path.append(Stood(state, since))
        elif len(path) > 1:
            path[-1] = Stood(state, since)  # a gap that looks long today, and did not then; the first stays as the verdict says it
        if since is None or since >= at:
            break
        at = since - A_MOMENT
    return tuple(path)
