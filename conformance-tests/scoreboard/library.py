"""The libraries of the scoreboard: one folder in `adapters` each."""

import json
import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

ADAPTERS = Path(__file__).parent / "adapters"

# The outcomes that are failures, with the worst last.
HARMS = ["breaks", "leaks", "fault", "abandoned"]


@dataclass
class Kind:
    """A kind of failure, and what it means."""

    title: str
    cases: list[str]
    meaning: str
    section: str
    url: str
    checked: str
    outcomes: list[str] | None = None
    details: str = ""
    not_claimed: dict[str, str] | None = None

    def explains(self, case):
        return (
            any(fnmatchcase(case["name"], pattern) for pattern in self.cases)
            and case["outcome"] in (self.outcomes or HARMS)
            and self.details in "\n".join(case.get("details", []))
        )


@dataclass
class Library:
    """What `library.toml` states."""

    folder: Path
    name: str
    version: str
    language: str
    url: str
    install: list[str]
    installed: str
    start: str
    options: list[str]
    notes: list[str]
    kinds: list[Kind]

    @property
    def result_file(self):
        return self.folder / "result.json"

    def result(self):
        return json.loads(self.result_file.read_text("utf-8"))


def names():
    return sorted(path.parent.name for path in ADAPTERS.glob("*/library.toml"))


def load(name):
    folder = ADAPTERS / name
    with open(folder / "library.toml", "rb") as file:
        table = tomllib.load(file)
    kinds = [Kind(**kind) for kind in table.pop("failure", [])]
    defaults = {"install": [], "options": [], "notes": []}
    library = Library(folder=folder, kinds=kinds, **(defaults | table))
    titles = [kind.title for kind in kinds]
    if len(set(titles)) < len(titles):
        raise ValueError(f"{name}: two kinds of failure have the same title")
    return library
