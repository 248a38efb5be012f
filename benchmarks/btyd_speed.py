"""Claim: the purchase models fit a million customers at least thirty times as fast as lifetimes, at an equal log-likelihood.

    python -m benchmarks.btyd_speed --customers 1000000 --peers /path/to/environment/bin/python

Both sides are whole processes that start, read the same arrays, fit and print. The ratio is of the CPU seconds of the fits alone; the
remark has that of the whole processes, start-up and imports included. The peer needs the packages of the `bench` group; `--peers` names an
interpreter that has them (its own by default). Customers are drawn by a seed from the Pareto/NBD process with CDNOW's published parameters:
first purchases spread over twelve weeks, then watched until 39 weeks have passed, in days written as weeks. (With first purchases spread
over two years lifetimes' Pareto/NBD did not end within eight minutes for 50,000 customers.)
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.measuring import Line, publish
from lakmus.engine.arrays import Floats

MODELS = ("bg_nbd", "pareto_nbd")

OURS = """
import json, sys, time
import numpy as np
from lakmus.engine.risk.purchase_histories import PurchaseHistories
if sys.argv[2] == "bg_nbd":
    from lakmus.engine.risk.bg_nbd import fit_bg_nbd as fit
else:
    from lakmus.engine.risk.pareto_nbd import fit_pareto_nbd as fit
arrays = np.load(sys.argv[1])
began = time.process_time()
fitted = fit(PurchaseHistories.of(*arrays))
print(json.dumps([time.process_time() - began, *fitted.parameters]))
"""

PEER = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
import numpy as np
if sys.argv[2] == "bg_nbd":
    from lifetimes import BetaGeoFitter as Fitter
else:
    from lifetimes import ParetoNBDFitter as Fitter
fitter = Fitter()
arrays = np.load(sys.argv[1])
began = time.process_time()
fitter.fit(*arrays)
print(json.dumps([time.process_time() - began, *(float(part) for part in fitter.params_)]))
"""


def drawn(customers: int, seed: int) -> Floats:
    """Return (x, t_x, T) in weeks made of whole days, shape (3, customers)."""
    r, alpha, s, beta = 0.553, 7 * 10.578, 0.606, 7 * 11.669
    rng = np.random.default_rng(seed)
    age = rng.integers(27 * 7, 39 * 7 + 1, customers).astype(np.float64)
    alive = np.minimum(rng.exponential(1 / rng.gamma(s, 1 / beta, customers)), age)
    count = rng.poisson(rng.gamma(r, 1 / alpha, customers) * alive).astype(np.float64)
    last = np.where(count > 0, np.minimum(np.ceil(alive * rng.random(customers) ** (1 / np.maximum(count, 1))), age), 0.0)
    return np.stack([np.minimum(count, last), last / 7, age / 7])


def cpu_seconds(python: str, code: str, *arguments: str) -> tuple[float, list[float]]:
    """Run `code` in a fresh interpreter; return its user and system seconds and the numbers it printed last."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([python, "-c", code, *arguments], capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"{python} failed:\n{done.stderr[-2000:]}")
    seconds = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return seconds, json.loads(done.stdout.strip().splitlines()[-1])


def log_likelihood(model: str, parameters: list[float], histories: Floats) -> float:
    """Return the log-likelihood of parameters by one and the same code for both sides."""
    from lakmus.engine.risk import bg_nbd, pareto_nbd
    from lakmus.engine.risk.purchase_histories import PurchaseHistories, grouped

    counted = grouped(PurchaseHistories.of(*histories))
    slope = bg_nbd._slope_of(counted) if model == "bg_nbd" else pareto_nbd._slope_of(counted, rough=False)
    return slope(np.log(parameters))[0]


def measure(customers: int, peers: str, models: list[str]) -> list[Line]:
    """Fit every model by both sides and compare."""
    lines = []
    with tempfile.TemporaryDirectory(prefix="lakmus-btyd-") as folder:
        path, histories = Path(folder) / "histories.npy", drawn(customers, seed=1)
        np.save(path, histories)
        for model in models:
            ours, (quick, *found) = cpu_seconds(sys.executable, OURS, str(path), model)
            theirs, (slow, *reference) = cpu_seconds(peers, PEER, str(path), model)
            apart = log_likelihood(model, found, histories) - log_likelihood(model, reference, histories)
            remark = f"log-likelihood {apart:+.4f} against lifetimes; whole process {ours:.1f} s, {theirs / ours:.0f} times"
            lines += [Line(f"lifetimes, {model}", slow, None, 1.0), Line(f"Lakmus, {model}", quick, None, slow / quick, remark)]
    return lines


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=50_000)
    parser.add_argument("--peers", default=sys.executable, help="an interpreter with the packages of the bench group")
    parser.add_argument("--model", choices=MODELS, action="append", help="one model only")
    parser.add_argument("--record", action="store_true", help="append the table to docs/explanation/records.md")
    arguments = parser.parse_args()
    lines = measure(arguments.customers, arguments.peers, arguments.model or list(MODELS))
    publish(f"Fitting purchase models, {arguments.customers:,} customers (CPU seconds of the fit)", lines, record=arguments.record)


if __name__ == "__main__":
    main()
