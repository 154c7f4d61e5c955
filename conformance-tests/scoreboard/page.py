#!/usr/bin/env python3
"""Writes SCOREBOARD.md from the results of all libraries.

Usage: page.py [--check]

With `--check`, nothing is written, and the exit status is 1 if the page is not up to date.
"""

import sys
from pathlib import Path

import library as libraries

FILE = Path(__file__).parent / "SCOREBOARD.md"

INTRODUCTION = """\
# Scoreboard

<!-- Written by page.py. Do not edit. -->

CORS libraries, tested with [`cors conformance`](../command/CONFORMANCE.md), profile `fetch`.

## How to read it

- The test cases are the [vectors](../vectors) of this repository, written by the authors of the libraries `cors-actix`,
  `cors-axum`, `cors-rocket` and `cors-warp` in this table. Another selection of cases gives other numbers. One cause, such as a
  missing header, can fail many cases. The kinds of failure below say more than the counts.
- `no failure`: a browser behaves as the policy says. The response need not be the one that this project sends. For example, the
  status can be `204` instead of `200`.
- `breaks`: a page cannot do what the policy allows, or the response of the application is lost.
- `leaks`: a page can do what the policy refuses, or a cache may give a response to the wrong page.
- `fault`: the server hangs, exits or sends no HTTP. If this happens three times with a policy, its other cases are not run (`abandoned`),
  and counted as `fault`, too.
- `not claimed`: the case fails, but the documentation of the library says that it does not cover it.
- `not supported`: the library has no option with the meaning of the policy. These cases are not run. Many are about options that
  only this project has.
- Each library is tested in one version, with the options that express the policy best according to its documentation. A failure
  can also be due to the framework.
- Each kind of failure was checked by hand against the section that it names.

To rerun one library, or to report a mistake in a vector, an adapter or an explanation, see
[adapters/README.md](adapters/README.md). Maintainers of a library are welcome to correct its adapter and its explanations.
"""


def main():
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit("usage: page.py [--check]")
    if not sys.argv[1:]:
        write()
    elif not FILE.exists() or FILE.read_text("utf-8") != text():
        sys.exit("error: SCOREBOARD.md is not what the results give; run page.py")


def write():
    FILE.write_text(text(), "utf-8")


def text():
    entries = [libraries.load(name) for name in libraries.names()]
    entries = [(library, library.result()) for library in entries if library.result_file.exists()]
    entries.sort(key=lambda entry: entry[0].name.lower())
    for library, result in entries:
        check(library, result)
    sections = [section(library, result) for library, result in entries]
    return "\n".join([INTRODUCTION, "## Results\n", table(entries), "## Failures\n", *sections])


def check(library, result):
    titles = {kind.title for kind in library.kinds}
    if result["version"] != library.version or set(result["failures"]) != titles:
        sys.exit(f"error: {library.name}: result.json is out of date; run run.py {library.folder.name}")


# ---- the table

COLUMNS = ["passed", "differs", "breaks", "leaks", "fault", "not claimed", "not supported"]


def table(entries):
    failures = COLUMNS[2:]
    head = ["library", "version", "language", "tested", "cases run", "no failure", *failures]
    lines = [head, ["---"] * 4 + ["---:"] * (len(head) - 4)]
    for library, result in entries:
        counted = counts(library, result)
        link = f"[{library.name}](#{anchor(library.name)})"
        run = sum(counted.values()) - counted["not supported"]
        numbers = [run, counted["passed"] + counted["differs"], *(counted[column] for column in failures)]
        lines.append([link, library.version, library.language, result["date"], *map(str, numbers)])
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def anchor(heading):
    """The anchor that GitHub gives a heading."""
    kept = [character for character in heading.lower() if character.isalnum() or character in " -_"]
    return "".join(kept).replace(" ", "-")


def counts(library, result):
    """The number of cases in each column."""
    raw = result["counts"]
    counted = {column: raw.get(column, 0) for column in COLUMNS}
    counted["differs"] += raw["declared"]
    counted["not supported"] = raw["unsupported"]
    counted["fault"] += raw["abandoned"]
    for kind in library.kinds:
        if kind.not_claimed:
            for harm, count in result["failures"][kind.title]["counts"].items():
                counted["fault" if harm == "abandoned" else harm] -= count
                counted["not claimed"] += count
    return counted


# ---- a library


def section(library, result):
    adapter = f"adapters/{library.folder.name}"
    counted = counts(library, result)
    parts = [
        f"### {library.name}",
        f"[Project]({library.url}), version {library.version}, tested on {result['date']} with [this adapter]({adapter}).",
        f"{counted['passed'] + counted['differs']} cases have no failure. In {counted['differs']} of them, the response differs from that of this \
project, but a browser does the same with both.",
        *library.notes,
    ]
    if not library.kinds:
        parts.append("No failure.")
    for kind in library.kinds:
        parts.append(failure(kind, result["failures"][kind.title]))
    if result["unsupported"]:
        reasons = sorted(result["unsupported"].items(), key=lambda entry: (-entry[1], entry[0]))
        lines = [f"- {count}: {reason}" for reason, count in reasons]
        parts.append("Cases that are not supported:")
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def failure(kind, failure):
    counted = ", ".join(f"{count} {harm}" for harm, count in failure["counts"].items())
    example = failure["example"]
    lines = [
        f"**{kind.title}** ({counted}). {kind.meaning} Section: [{kind.section}]({kind.url}). Checked by hand on {kind.checked}.",
    ]
    if kind.not_claimed:
        lines.append(f"The documentation [states]({kind.not_claimed['url']}): “{kind.not_claimed['quote']}”")
    code = [f"case: {example['name']}", f"policy: {example['policy']}", example["request"], *example["details"]]
    return "\n".join(lines) + "\n\n" + "\n".join(f"    {shortened(line)}" for line in "\n".join(code).splitlines())


def shortened(line):
    """The line without the rest of a long body."""
    return line if len(line) <= 300 else line[:299] + "…"


if __name__ == "__main__":
    main()
