"""Tests of run.py and page.py: python3 -m unittest tests"""

import unittest
from pathlib import Path

import page
import run
from library import Kind, Library


def kind(title, cases, **others):
    return Kind(title, cases, "Meaning.", "RFC 9110", "https://example.com", "2026-01-01", **others)


def library(*kinds):
    return Library(
        folder=Path("adapters/some"), name="some-cors", version="1.2.3", language="C", url="https://example.com",
        install=[], installed="", start="", options=[], notes=[], kinds=list(kinds),
    )  # fmt: skip


def case(name, outcome, note=None):
    failed = outcome in ("breaks", "leaks", "fault")
    entry = {"name": name, "outcome": outcome, "failed": failed}
    if failed:
        entry |= {"policy": "{}", "request": f"GET /{name}", "details": [f"{outcome}: something"]}
    if note:
        entry["note"] = note
    return entry


def report(*cases):
    outcomes = ["passed", "differs", "breaks", "leaks", "fault", "declared", "unsupported", "not-started", "abandoned"]
    counts = {outcome: sum(case["outcome"] == outcome for case in cases) for outcome in outcomes}
    return {"counts": counts, "cases": list(cases)}


class Summary(unittest.TestCase):
    def test_the_first_kind_that_explains_a_case_counts(self):
        explained = library(kind("A", ["vary/one"]), kind("B", ["vary/*"]))
        cases = [case("vary/one", "leaks"), case("vary/two", "breaks"), case("vary/three", "leaks")]
        failures = run.summary(explained, report(*cases))["failures"]
        self.assertEqual(failures["A"]["counts"], {"leaks": 1})
        self.assertEqual(failures["B"]["counts"], {"breaks": 1, "leaks": 1})
        self.assertEqual(failures["B"]["example"]["name"], "vary/two")

    def test_a_failure_that_is_not_explained_is_refused(self):
        for explained in [
            library(),
            library(kind("A", ["actual/*"])),
            library(kind("A", ["*"], outcomes=["breaks"])),
            library(kind("A", ["*"], details="something else")),
        ]:
            with self.assertRaisesRegex(ValueError, "vary/one"):
                run.summary(explained, report(case("vary/one", "leaks")))

    def test_an_explanation_of_nothing_is_refused(self):
        with self.assertRaisesRegex(ValueError, "no failure is explained by"):
            run.summary(library(kind("A", ["*"])), report(case("vary/one", "differs")))

    def test_a_run_that_is_not_complete_is_refused(self):
        with self.assertRaisesRegex(ValueError, "1 cases could not be run"):
            run.summary(library(), report(case("vary/one", "not-started")))

    def test_cases_that_were_abandoned_must_be_explained(self):
        cases = [case("hostile/1", "fault"), case("hostile/2", "abandoned")]
        with self.assertRaisesRegex(ValueError, "hostile/2"):
            run.summary(library(kind("A", ["*/1"])), report(*cases))
        entry = library(kind("A", ["hostile/*"]))
        result = run.summary(entry, report(*cases))
        self.assertEqual(result["failures"]["A"]["counts"], {"abandoned": 1, "fault": 1})
        self.assertEqual(page.counts(entry, result)["fault"], 2)

    def test_reasons_are_counted(self):
        cases = [case("a", "unsupported", "no regex"), case("b", "unsupported", "no regex")]
        self.assertEqual(run.summary(library(), report(*cases))["unsupported"], {"no regex": 2})


class Page(unittest.TestCase):
    def test_what_is_not_claimed_is_counted_apart(self):
        quote = {"quote": "We do not.", "url": "https://example.com"}
        entry = library(kind("A", ["vary/*"], not_claimed=quote), kind("B", ["actual/*"]))
        cases = [case("vary/one", "leaks"), case("actual/one", "leaks"), case("a", "unsupported", "no regex"), case("b", "passed"), case("c", "differs")]
        result = run.summary(entry, report(*cases))
        counts = page.counts(entry, result)
        self.assertEqual((counts["leaks"], counts["not claimed"], counts["not supported"]), (1, 1, 1))
        line = page.table([(entry, result)]).splitlines()[-1]
        self.assertTrue(line.endswith("| 4 | 2 | 0 | 1 | 0 | 1 | 1 |"), line)
        self.assertIn("“We do not.”", page.section(entry, result))

    def test_a_result_of_other_explanations_is_refused(self):
        result = run.summary(library(kind("A", ["*"])), report(case("vary/one", "leaks")))
        for other in [library(), library(kind("B", ["*"]))]:
            with self.assertRaisesRegex(SystemExit, "out of date"):
                page.check(other, result)


if __name__ == "__main__":
    unittest.main()
