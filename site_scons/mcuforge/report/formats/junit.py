"""JUnit's XML, which CI servers show as tests: a case for each limit and each check."""

from __future__ import annotations

from xml.etree import ElementTree

from mcuforge.errors import Location, UserError, display_path
from mcuforge.report.build_report import BuildReport, Check, Judgement

FILE = "report.junit.xml"


def render(report: BuildReport) -> str:
    facts = report.size.provenance
    classname = f"{facts.project}.{facts.board}"
    cases = [_limit(judgement, classname) for judgement in report.judgements]
    cases += [_check(check, classname) for check in report.checks]
    failures = sum(case.find("failure") is not None for case in cases)
    counts = {"tests": str(len(cases)), "failures": str(failures), "errors": "0", "skipped": "0", "time": "0"}
    suites = ElementTree.Element("testsuites", {"name": "mcuforge", **counts})
    suite = ElementTree.SubElement(suites, "testsuite", {"name": classname, **counts})
    suite.extend(cases)
    ElementTree.indent(suites, " ")
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _limit(judgement: Judgement, classname: str) -> ElementTree.Element:
    verdict = judgement.verdict
    case = _case(f"{verdict.region} {verdict.kind}", classname, _place(verdict.location))
    _fail(case, verdict.kind, judgement.problem)
    return case


def _check(check: Check, classname: str) -> ElementTree.Element:
    case = _case(check.title, classname, _place(check.location))
    _fail(case, check.kind, check.problem)
    if check.note:
        ElementTree.SubElement(case, "system-out").text = check.note
    return case


def _fail(case: ElementTree.Element, kind: str, problem: UserError | None) -> None:
    if problem is not None:
        failure = ElementTree.SubElement(case, "failure", {"message": problem.message, "type": kind})
        failure.text = problem.render()


def _place(location: Location) -> dict[str, str]:
    return {"file": display_path(location.file), "line": str(location.line or 1)}


def _case(name: str, classname: str, place: dict[str, str]) -> ElementTree.Element:
    return ElementTree.Element("testcase", {"name": name, "classname": classname, "time": "0", **place})
