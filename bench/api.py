"""`Api.runs()` of real wandb clients on 10,000 runs: whole lists, filtered pages, one run.

Run: python bench/api.py [--runs 10000] [--lines 0.31 0.19] [--short]

The runs (20 config keys, 20 metrics) are those of bench/mlflow_reading.py. Much of what a script
waits for is the client itself, in Python: beside each time stands the part of it in which the
server computed, and the ratio of both. Rows of histories are in bench/export.py.
"""

from __future__ import annotations

import argparse
import json

from harness import ROOT, percentile, print_table, server
from mlflow_reading import LONG_ROWS, built, fill_runstone, our_layout, run_python

TITLES = {
    "lazy": "list of all, 1,000 a page",
    "lazy-50": "list of all, 50 a page (default)",
    "full": "config and summary of all, 1,000 a page",
    "full-50": "config and summary of all, 50 a page",
    "filtered": "2 conditions, sort, count, page of 50",
    "ordered": "sort, count, page of 50",
    "one": "one run by its id, a fresh Api()",
}
LONG = ("lazy", "lazy-50", "full", "full-50")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--lines", nargs="+", default=["0.31", "0.19"])
    parser.add_argument("--short", action="store_true", help="100 runs, 3 repeats: does it work?")
    arguments = parser.parse_args()
    num_runs, num_rows = (100, 1_000) if arguments.short else (arguments.runs, LONG_ROWS)
    folder = built("runstone", our_layout(), num_runs, num_rows, fill_runstone)
    rows: list[tuple[str, str, str]] = []
    with server(folder) as s:
        env = {"WANDB_BASE_URL": s.url, "WANDB_API_KEY": s.api_key}
        for line in arguments.lines:
            python = ROOT / ".cache" / "wandb-clients" / line / "bin" / "python"
            for question, title in TITLES.items():
                repeats = 3 if question in LONG or arguments.short else 30
                before = s.cpu_s()
                said = json.loads(run_python(python, "api_side.py", question, str(repeats), **env))
                # Once more than is measured, to warm up.
                cpu_ms = (s.cpu_s() - before) / (repeats + 1) * 1e3
                ms = percentile(said["ms"], 50)
                rate = f", {said['count'] / ms * 1e3:,.0f} runs/s" if question in LONG else ""
                shown = f"{ms:,.0f} ms{rate}; server {cpu_ms:,.0f} ms, ratio {ms / cpu_ms:.1f}"
                rows.append((f"wandb {line}: {title}", shown, ""))
    print_table(f"Api.runs() on {num_runs:,} runs (medians)", rows)


if __name__ == "__main__":
    main()
