"""The tables that the engine writes: one row per customer, order, service error, moment of exposure, text, promise, message and reply.

Each is an Arrow schema, so that the files of a result can be read by anything that reads Parquet.
"""

from __future__ import annotations

import pyarrow as pa

from lakmus.history.activity import TIMESTAMP

_TEXTS = pa.list_(pa.string())

CUSTOMERS = pa.schema(
    [
        ("customer", pa.string()),
        ("name", pa.string()),
        ("place", pa.string()),
        ("known_since", TIMESTAMP),
        ("first_order_at", TIMESTAMP),
        ("last_order_at", TIMESTAMP),
        ("orders_count", pa.int64()),
        ("purchase_days_count", pa.int64()),
        ("revenue", pa.float64()),
        ("mean_order_amount", pa.float64()),
        ("days_since_last_order", pa.float64()),
        ("gap_median_days", pa.float64()),
        ("gap_p90_days", pa.float64()),
        ("purchase_gap_exceeded", pa.bool_()),
        ("frequency_change", pa.float64()),
        ("amount_change", pa.float64()),
        ("cancellations_share", pa.float64()),
        ("returns_share", pa.float64()),
        ("visits_change", pa.float64()),
        ("complaints_count", pa.int64()),
        ("negative_reviews_count", pa.int64()),
        ("last_contact_at", TIMESTAMP),
        ("lamps_out", _TEXTS),
        ("state", pa.string()),
        ("state_since", TIMESTAMP),
        ("lost_at", TIMESTAMP),
        ("loss_due_at", TIMESTAMP),
        ("lost_in_window", pa.bool_()),
        ("lost_silently", pa.bool_()),
        ("loss_shape", pa.string()),
        ("risk_group", pa.string()),
        ("churn_probability", pa.float64()),
        ("churn_low", pa.float64()),
        ("churn_high", pa.float64()),
        ("churn_n", pa.int64()),
        ("gap_points", pa.float64()),
        ("experience_points", pa.float64()),
        ("contributions", pa.list_(pa.struct([("signal", pa.string()), ("points", pa.float64()), ("logit", pa.float64())]))),
        ("horizon_days", pa.int64()),
        ("value_at_risk", pa.float64()),
        ("lost_value", pa.float64()),
        ("errors_count", pa.int64()),
        ("error_codes", _TEXTS),
        ("last_error_at", TIMESTAMP),
        ("reasons", _TEXTS),
        ("eligible", pa.bool_()),
        ("exclusion", pa.string()),
    ]
)
"""One row per known customer.

`state` is one of `warm`, `cooling`, `cold`, `lost`, `one_time`, `new`, `no_orders`, or null where the company's rhythm is
not known. `frequency_change`, `amount_change`, `visits_change` compare the last 90 days with the 90 before (-1..; null without a past).
`loss_due_at`: when a regular who is not lost will count as lost if nothing is bought until then.
`contributions` says what moves `churn_probability` from the company's mean, sign by sign: `logit`s sum to the difference of the logits,
`points` to the difference of the probabilities. `gap_points` is that of the silence since the last order, `experience_points` all others.
`value_at_risk` is the margin of the next 12 months if a living customer stays; `lost_value` of one lost what they would have brought in 12
months, going on as others do.
Money is in the company's currency, rounded to the hundredth. `exclusion` says why a customer is not `eligible`: `no_orders`,
`one_time`, `lost_before_window`, `no_rhythm`. `reasons` are codes of signals and errors, the strongest first.
"""

ORDERS = pa.schema(
    [
        ("order", pa.string()),
        ("customer", pa.string()),
        ("anonymous_customer_id", pa.string()),
        ("ts", TIMESTAMP),
        ("amount", pa.float64()),
        ("returned_amount", pa.float64()),
        ("promised_at", TIMESTAMP),
        ("received_at", TIMESTAMP),
        ("late_days", pa.float64()),
        ("cancelled", pa.bool_()),
        ("stars", pa.float64()),
        ("review_stars", pa.list_(pa.float64())),
        ("evidence", _TEXTS),
    ]
)
"""One row per order; `late_days` is received minus promised (negative when early), null when either is unknown.

`stars` are those of its latest review, `review_stars` those of all its reviews.
`evidence` holds the activity ids of the order, its promise and its receipt, as far as they exist.
"""

ERRORS = pa.schema(
    [
        ("error_id", pa.string()),
        ("customer", pa.string()),
        ("anonymous_customer_id", pa.string()),
        ("code", pa.string()),
        ("at", TIMESTAMP),
        ("case", pa.string()),
        ("order", pa.string()),
        ("detector", pa.string()),
        ("evidence", _TEXTS),
        ("severity", pa.float64()),
        ("confidence", pa.float64()),
        ("status", pa.string()),
        ("channel", pa.string()),
        ("staff", pa.string()),
        ("amount_of_delay", pa.float64()),
        ("delay_unit", pa.string()),
        ("summary_ru", pa.string()),
        ("summary_en", pa.string()),
        ("in_window", pa.bool_()),
        ("complained", pa.bool_()),
        ("left", pa.bool_()),
        ("left_silently", pa.bool_()),
    ]
)
"""One row per service error; the rows with `in_window` are those behind the verdict's counts.

`delay_unit` is `minutes`, `days` or null. `complained`: the customer voiced displeasure at or after the error. `left`: lost
within the window, after the error. `left_silently`: left, and never voiced displeasure in the year before the loss.
"""

MOMENTS = pa.schema(
    [
        ("code", pa.string()),
        ("detector", pa.string()),
        ("customer", pa.string()),
        ("at", TIMESTAMP),
        ("order", pa.string()),
        ("case", pa.string()),
        ("exposed", pa.bool_()),
        ("observed", pa.bool_()),
        ("left", pa.bool_()),
        ("stratum", pa.int32()),
        ("tangled", pa.bool_()),
        ("delay", pa.float32()),
    ]
)
"""One row per moment at which an error could have happened to a regular customer who was not lost then, by the detector that leads.

`observed`: the three weeks in which an error is felt and the horizon after them lie before as_of; `left` (null unless observed): no order
followed within that horizon.
`stratum` groups comparable moments: purchases before x personal gap (see `causes.moments`). `tangled`: the same matter went wrong
otherwise, too, so that the moment tells nothing of this error. `delay`: that of the moment's own error, null where there is none or it is
unknown (days of a promise, minutes of a reply; see `causes.links`).
"""

TEXTS = pa.schema(
    [
        ("activity_id", pa.string()),
        ("customer", pa.string()),
        ("anonymous_customer_id", pa.string()),
        ("at", TIMESTAMP),
        ("activity", pa.string()),
        ("author", pa.string()),
        ("staff", pa.string()),
        ("channel", pa.string()),
        ("case", pa.string()),
        ("order", pa.string()),
        ("stars", pa.float64()),
        ("language", pa.string()),
        ("polarity", pa.string()),
        ("confidence", pa.float32()),
        ("codes", _TEXTS),
        ("words", _TEXTS),
        ("cries_for_help", pa.bool_()),
        ("attempts", pa.uint16()),
        ("questions", pa.uint16()),
    ]
)
"""One row per text that a customer wrote, read by the lexicon; the text itself stands in the stream under `activity_id`.

Automatic replies, spam and empty texts are left out. `words`: the short quotes that led to `codes`.
"""

PROMISES = pa.schema(
    [
        ("promise_id", pa.string()),
        ("customer", pa.string()),
        ("case", pa.string()),
        ("order", pa.string()),
        ("staff", pa.string()),
        ("channel", pa.string()),
        ("source", pa.string()),
        ("action", pa.string()),
        ("made_at", TIMESTAMP),
        ("due_at", TIMESTAMP),
        ("kept_at", TIMESTAMP),
        ("status", pa.string()),
        ("late_days", pa.float64()),
        ("evidence", _TEXTS),
        ("quote", pa.string()),
    ]
)
"""One row per promise with a deadline: `source` is `order` (a delivery promised with it) or `message` (words of staff).

`status`: `kept` by `due_at`, `late` after it, `broken` (not kept, and the time to keep it late is over), `open` (neither yet, or the
company sends nothing that could show it kept). `late_days`: kept minus due, null unless kept.
"""

MESSAGES = pa.schema(
    [
        ("activity_id", pa.string()),
        ("customer", pa.string()),
        ("order", pa.string()),
        ("template", pa.string()),
        ("channel", pa.string()),
        ("at", TIMESTAMP),
        ("findings", _TEXTS),
        ("said", _TEXTS),
        ("fact", _TEXTS),
        ("evidence", _TEXTS),
    ]
)
"""One row per automatic message, held against the order it speaks of as it was known at that moment.

`findings`: `placeholder`, `wrong_sum`, `wrong_date`, `wrong_number`, `wrong_name`, `duplicate`, `at_night`; `said` and `fact` stand in the
same places: what the message says, and what is so.
"""

REPLIES = pa.schema(
    [
        ("activity_id", pa.string()),
        ("customer", pa.string()),
        ("case", pa.string()),
        ("staff", pa.string()),
        ("channel", pa.string()),
        ("at", TIMESTAMP),
        ("first", pa.bool_()),
        ("name_used", pa.bool_()),
        ("question_asked", pa.bool_()),
        ("understanding_confirmed", pa.bool_()),
        ("apology", pa.bool_()),
        ("officialese", pa.int64()),
        ("refusal", pa.bool_()),
        ("alternative", pa.bool_()),
        ("does_not_know", pa.bool_()),
        ("rude", pa.bool_()),
        ("repeated", pa.bool_()),
    ]
)
"""One row per reply by a person; `first`: the first one of its case.

`name_used`: null where no name of the customer is known. `officialese` counts turns of it. `repeated`: the customer got nearly the
same words before.
"""

STAFF = pa.schema(
    [
        ("staff", pa.string()),
        ("code", pa.string()),
        ("cases", pa.int64()),
        ("found", pa.int64()),
        ("expected", pa.float64()),
        ("rate", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("team_rate", pa.float64()),
    ]
)
"""One row per member of staff and error code (`errors.staff_rates`), of the cases of 12 months.

`rate` (0..1, 95 % interval `low` to `high`): the share of cases with the error on the company's mix of cases, shrunk to `team_rate`.
`expected`: how many of the person's own `cases` would hold the error at the team's rate; `found`: how many do.
"""

REASONS = pa.schema(
    [
        ("customer", pa.string()),
        ("lost_at", TIMESTAMP),
        ("month", pa.string()),
        ("code", pa.string()),
        ("probability", pa.float64()),
        ("money", pa.int64()),
        ("money_variance", pa.float64()),
        ("silent", pa.bool_()),
        ("kinds", _TEXTS),
        ("evidence", _TEXTS),
        ("status", pa.string()),
    ]
)
"""One row per customer lost in the window and reason: a service error, another reason, or `unknown`; written once after all buckets.

`probability`s of a customer sum to 1, `money` (hundredths) to the lost value, `money_variance` (squared units of the currency) to the
variance of that value. `kinds`: of evidence (behaviour, words, survey, fact).
`status`: hypothesis, confirmed or rejected by a person. The ledger of losses is this table by month and code.
"""

TABLES: dict[str, pa.Schema] = {
    "customers": CUSTOMERS,
    "orders": ORDERS,
    "errors": ERRORS,
    "moments": MOMENTS,
    "texts": TEXTS,
    "promises": PROMISES,
    "messages": MESSAGES,
    "replies": REPLIES,
    "staff": STAFF,
    "reasons": REASONS,
}
"""The tables by the name of their file in a result."""
