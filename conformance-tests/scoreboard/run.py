#!/usr/bin/env python3
"""Tests libraries with `cors conformance`, and writes their results and the page.

Usage: run.py [--cors PROGRAM] [--build FOLDER] [--report FOLDER] [NAME...]

Without a name, all libraries are tested. A library is not published if one of its failures is not explained in its
`library.toml`, or if an explanation applies to no failure.
"""

import argparse
import json
import re
import shlex
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import date
from pathlib import Path

import library as libraries
import page

WORKSPACE = Path(__file__).resolve().parents[2]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cors", default="cors", help="the program `cors` (default: the one in PATH)")
    parser.add_argument("--build", type=Path, default=WORKSPACE / "target/scoreboard", help="for what is installed")
    parser.add_argument("--report", type=Path, help="a folder for the whole reports of `cors conformance`")
    parser.add_argument("names", nargs="*", metavar="NAME", help="a folder in adapters")
    options = parser.parse_args()
    options.build.mkdir(parents=True, exist_ok=True)
    problems = []
    for name in options.names or libraries.names():
        try:
            library = libraries.load(name)
            result = test(library, options)
            library.result_file.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", "utf-8")
            print(f"{name}: {result['counts']}")
        except (ValueError, OSError, subprocess.CalledProcessError) as error:
            problems.append(f"error: {name}: {error}")
    print(*problems, sep="\n", end="\n" if problems else "", file=sys.stderr)
    page.write()
    sys.exit(1 if problems else 0)


def test(library, options):
    """Installs and tests the library."""

    def run(command):
        print(f"{library.name}: {command}", flush=True)
        shell = dict(shell=True, cwd=library.folder, check=True, text=True, stdin=subprocess.DEVNULL)
        return subprocess.run(fill(command, library, options), stdout=subprocess.PIPE, **shell).stdout

    for command in library.install:
        run(command)
    installed = run(library.installed)
    if not re.search(rf"(?<![\d.]){re.escape(library.version)}(?![\d.])", installed):
        raise ValueError(f"version {library.version} is not installed: {installed.strip()}")
    return summary(library, conformance(library, options))


def fill(command, library, options):
    """The command with its placeholders replaced, except those of `cors conformance`."""
    values = {
        "{build}": shlex.quote(str(options.build.resolve())),
        "{cors}": shlex.quote(program(options.cors)),
        "{version}": library.version,
    }
    for name, value in values.items():
        command = command.replace(name, value)
    return command


def program(cors):
    return str(Path(cors).resolve()) if "/" in cors else cors


def conformance(library, options):
    """The report of `cors conformance`."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.report.resolve() if options.report else Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{library.folder.name}.json"
        command = [program(options.cors), "conformance", "--profile", "fetch", "--format", "json"]
        # Some servers start slowly on a machine under load.
        command += ["--start-limit", "300"]
        command += ["--output", str(file), "--command", fill(library.start, library, options)]
        ended = subprocess.run([*command, *library.options], cwd=library.folder, stdin=subprocess.DEVNULL)
        # 1 is a run with failures.
        if ended.returncode not in (0, 1):
            raise ValueError(f"`cors conformance` exited with status {ended.returncode}")
        return json.loads(file.read_text("utf-8"))


def summary(library, report):
    """What is kept of a report: counts, and each kind of failure with an example."""
    untested = report["counts"]["not-started"]
    if untested:
        raise ValueError(f"{untested} cases could not be run")
    failed = [case for case in report["cases"] if case["failed"] or case["outcome"] == "abandoned"]
    kinds = {kind.title: [] for kind in library.kinds}
    unexplained = []
    for case in failed:
        kind = next((kind for kind in library.kinds if kind.explains(case)), None)
        (kinds[kind.title] if kind else unexplained).append(case)
    if unexplained:
        text = "\n".join("  ".join([case["outcome"], case["name"], *case.get("details", [])[:1]]) for case in unexplained)
        raise ValueError(f"{len(unexplained)} failures are not explained in library.toml:\n{text}")
    stale = [title for title, cases in kinds.items() if not cases]
    if stale:
        raise ValueError(f"no failure is explained by {stale}")
    unsupported = Counter(case["note"] for case in report["cases"] if case["outcome"] == "unsupported")
    return {
        "version": library.version,
        "date": date.today().isoformat(),
        "counts": report["counts"],
        "unsupported": dict(sorted(unsupported.items())),
        "failures": {title: failure(cases) for title, cases in kinds.items()},
    }


def failure(cases):
    # Cases that were abandoned have no request.
    example = min((case for case in cases if case["failed"]), key=lambda case: len(case["request"]) + len(case["policy"]))
    keys = ["name", "policy", "request", "details"]
    return {
        "counts": dict(sorted(Counter(case["outcome"] for case in cases).items())),
        "example": {key: example[key] for key in keys},
    }


if __name__ == "__main__":
    main()
