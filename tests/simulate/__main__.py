"""`make simulate`: every experiment, a table beside the bounds, and the page with its curves.

Ends with 1 when a figure misses its bound, or with `--check` when the page says something else.
"""

import argparse
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.simulate.experiments import SEED, Experiment, experiments
from tests.simulate.findings import Finding, Found, Told
from tests.simulate.live import live
from tests.simulate.page import differences, write

ROOT = Path(__file__).parents[2]


def run_all(wanted: Sequence[Experiment], progress: Progress) -> Iterator[tuple[str, Found]]:
    """In as many processes as there are cores, as they end."""
    task = progress.add_task("simulating", total=len(wanted))
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count() or 1, spawn) as pool:
        futures = {pool.submit(each.run): each.name for each in wanted}
        for future in as_completed(futures):
            progress.advance(task)
            yield futures[future], future.result()


def line(finding: Finding) -> str:
    """One row of the table."""
    word = "PASS" if finding.passes else "FAIL"
    limit = "" if finding.limit == finding.bound else f", by chance {finding.limit:,.10g}"
    sign = "=" if finding.kind == "exact" else "≤"
    return f"{word}  {finding.what}: {finding.measured:,.6g} {sign} {finding.bound:,.6g}{limit}"


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make simulate", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of it; writes no page")
    parser.add_argument("--only", default="", help="part of an experiment's name; writes no page")
    parser.add_argument("--json", type=Path, help="put all figures into this file")
    parser.add_argument(
        "--check", action="store_true", help="hold the page against a whole run: minutes"
    )
    parser.add_argument("--no-server", action="store_true", help="leave the running server out")
    return parser.parse_args()


def main() -> int:
    """Run what is asked for."""
    arguments, began = _read_arguments(), time.monotonic()
    console = Console(stderr=True)
    wanted = [e for e in experiments(is_quick=arguments.quick) if arguments.only in e.name]
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    by_name: dict[str, Found] = {}
    sys.stdout.write(f"seed {SEED}\n")
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        for name, found in run_all(wanted, progress):
            by_name[name] = found
            for finding in found.findings:
                sys.stdout.write(f"{line(finding)}\n")
            sys.stdout.flush()
    simulated = [f for each in wanted for f in by_name[each.name].findings]
    findings = list(simulated)
    told: dict[str, Told] = {}
    for each in wanted:
        told |= by_name[each.name].told
    if not (arguments.no_server or arguments.only):
        served = _against_servers(console)
        findings += served.findings
    judged = sum(found.judged for found in by_name.values())
    failed = [finding for finding in findings if not finding.passes]
    if arguments.json:
        arguments.json.write_text(_as_json(findings, told))
    sys.stdout.write(
        f"{len(findings)} figures, {len(failed)} outside their bound; {judged:,} tries judged, "
        f"{time.monotonic() - began:.0f} s\n"
    )
    if not (arguments.quick or arguments.only):
        if arguments.check:
            different = differences(ROOT, simulated, told)
            sys.stdout.writelines(f"differs from this run: {name}\n" for name in different)
            return 1 if failed or different else 0
        write(ROOT, simulated, told)
    return 1 if failed else 0


def _against_servers(console: Console) -> Found:
    """A shortened run by HTTP; its seconds are those of the machine, so they are on no page."""
    with console.status("against running servers"):
        found = live()
    for finding in found.findings:
        sys.stdout.write(f"{line(finding)}\n")
    return found


def _as_json(findings: Sequence[Finding], told: Mapping[str, Told]) -> str:
    rows = [
        {"what": f.what, "measured": f.measured, "bound": f.bound, "limit": f.limit,
         "passes": f.passes} for f in findings
    ]  # fmt: skip
    return json.dumps({"seed": SEED, "findings": rows, "told": told}, indent=1)


if __name__ == "__main__":
    sys.exit(main())
