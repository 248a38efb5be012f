"""Claim: how far the lexicon finds the reasons in English complaints, on texts that nobody looked at while it was written.

    python -m benchmarks.text_reasons [--record]

Nobody labelled English complaints with our codes, so a stand-in judges: what a company filed each text under. `FILED` says which of our
codes tell of which file; it was written from the files' names alone, before anything was measured. A file is no reading of the text
("delayed" is filed though the customer writes of something else): recall is judged harshly here, and precision where a text names two.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from datetime import UTC, datetime

from benchmarks.measuring import RECORD
from benchmarks.text_reading import DATA, banking
from lakmus.engine.text.reader import read, reading_version

CODES = {
    "waiting": {"slow_reply", "no_reply", "broken_promise", "unresolved_problem"},
    "behaviour": {"rudeness", "indifference", "inflexibility", "untrained_staff", "formal_script", "misunderstanding", "poor_service"},
    "charges": {"hidden_charge", "price"},
    "payment fails": {"checkout_obstacle"},
    "wrong or missing goods": {"inattention", "missing_product"},
    "quality": {"product_quality"},
    "after the sale": {"no_aftersales"},
}
FILED = {
    "Delayed": "waiting",
    "Refund Enquiry": "waiting",
    "Refund Related Issues": "waiting",
    "Reverse Pickup Enquiry": "waiting",
    "Order status enquiry": "waiting",
    "UnProfessional Behaviour": "behaviour",
    "Online Payment Issues": "payment fails",
    "Wrong": "wrong or missing goods",
    "Missing": "wrong or missing goods",
    "Seller Cancelled Order": "wrong or missing goods",
    "Damaged": "quality",
    "Installation/demo": "after the sale",
    "Technician Visit": "after the sale",
    "Service Centres Related": "after the sale",
    "card_arrival": "waiting",
    "pending_card_payment": "waiting",
    "pending_cash_withdrawal": "waiting",
    "pending_top_up": "waiting",
    "pending_transfer": "waiting",
    "balance_not_updated_after_bank_transfer": "waiting",
    "balance_not_updated_after_cheque_or_cash_deposit": "waiting",
    "transfer_not_received_by_recipient": "waiting",
    "Refund_not_showing_up": "waiting",
    "card_payment_fee_charged": "charges",
    "cash_withdrawal_charge": "charges",
    "extra_charge_on_statement": "charges",
    "transfer_fee_charged": "charges",
    "transaction_charged_twice": "charges",
    "declined_card_payment": "payment fails",
    "declined_cash_withdrawal": "payment fails",
    "declined_transfer": "payment fails",
    "failed_transfer": "payment fails",
    "top_up_failed": "payment fails",
    "card_not_working": "payment fails",
    "virtual_card_not_working": "payment fails",
    "contactless_not_working": "payment fails",
}
"""What a text was filed under, and the reason that this file stands for; texts filed under anything else are not judged."""


def support() -> list[tuple[str, str]]:
    """Return (text, file) of remarks of support cases that the customer marked 1 or 2."""
    with (DATA / "support_csat" / "tickets.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if (row["Customer Remarks"] or "").strip() and float(row["CSAT Score"]) < 3]
    return [(row["Customer Remarks"], row["Sub-category"]) for row in rows]


def judged(rows: list[tuple[str, str]]) -> Iterator[str]:
    """Yield the rows of a table: how well each reason is found among the texts filed under any of them."""
    texts = [(FILED[filed], set(read(text).codes)) for text, filed in rows if filed in FILED]
    reasons = [reason for reason in CODES if any(filed == reason for filed, _ in texts)]
    hits = found = meant = 0
    for reason in reasons:
        told = [bool(codes & CODES[reason]) for _, codes in texts]
        true = [filed == reason for filed, _ in texts]
        hit = sum(one and other for one, other in zip(told, true, strict=True))
        hits, found, meant = hits + hit, found + sum(told), meant + sum(true)
        yield _row(reason, sum(true), hit, sum(told))
    anything = sum(any(codes & CODES[reason] for reason in reasons) for _, codes in texts)
    yield _row(f"all together; any of these reasons is found in {anything / len(texts):.0%} of the texts", meant, hits, found)


def _row(name: str, meant: int, hit: int, found: int) -> str:
    return f"| {name} | {meant} | {found} | {hit / max(1, found):.3f} | {hit / max(1, meant):.3f} | {2 * hit / max(1, meant + found):.3f} |"


def main() -> None:
    """Judge both, and print or record the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--record", action="store_true")
    asked = parser.parse_args()
    lines = [f"### Reasons in English complaints, by what companies filed them under (version `{reading_version()}`)"]
    for name, rows in (("Support remarks with a CSAT mark of 1 or 2", support()), ("banking77, test part", banking("test"))):
        lines += [
            "",
            f"{name}:",
            "",
            "| reason | filed | found | precision | recall | F1 |",
            "|---|---:|---:|---:|---:|---:|",
            *judged(rows),
        ]
    text = "\n".join(lines) + "\n"
    print(text)
    if asked.record:
        with RECORD.open("a", encoding="utf-8") as file:
            file.write(f"\n## {datetime.now(UTC).date().isoformat()}\n\n{text}")


if __name__ == "__main__":
    main()
