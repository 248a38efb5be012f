"""The worlds that effects are judged by: the same company with and without the error that drove a customer away."""

from __future__ import annotations

from collections import defaultdict

import pytest

from benchmarks.effects import judged


@pytest.mark.slow
def test_a_company_is_judged_error_by_error_beside_what_would_have_become_of_it() -> None:
    found = defaultdict(list)
    judged("default", customers=400, seed=5, found=found, times=defaultdict(list), peers=False, invented=2, parts=True)
    ((true, said, variance, planted),) = found["default", "broken_promise"]
    assert 0 < true < 0.2 and abs(said - true) < 4 * variance**0.5 and planted > true
    assert len(found["default", "invented"]) == len(found["default", "invented, believed"]) > 1
    assert any(code.startswith("part ") for _, code in found)
