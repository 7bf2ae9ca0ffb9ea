"""JUnit's XML, which CI servers show as tests: one test case for each limit, and one for the replay under emulation."""

from __future__ import annotations

from xml.etree import ElementTree

from mcuforge.errors import display_path
from mcuforge.report.build_report import BuildReport, EmulationFacts, Judgement

FILE = "report.junit.xml"


def render(report: BuildReport) -> str:
    facts = report.size.provenance
    classname = f"{facts.project}.{facts.board}"
    cases = [_limit(judgement, classname) for judgement in report.judgements]
    if report.emulation is not None:
        cases.append(_replay(report.emulation, classname))
    failures = sum(case.find("failure") is not None for case in cases)
    counts = {"tests": str(len(cases)), "failures": str(failures), "errors": "0", "skipped": "0", "time": "0"}
    suites = ElementTree.Element("testsuites", {"name": "mcuforge", **counts})
    suite = ElementTree.SubElement(suites, "testsuite", {"name": classname, **counts})
    suite.extend(cases)
    ElementTree.indent(suites, " ")
    return ElementTree.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _limit(judgement: Judgement, classname: str) -> ElementTree.Element:
    verdict, problem = judgement.verdict, judgement.problem
    place = {"file": display_path(verdict.location.file), "line": str(verdict.location.line or 1)}
    case = _case(f"{verdict.region} {verdict.kind}", classname, place)
    if problem is not None:
        failure = ElementTree.SubElement(case, "failure", {"message": problem.message, "type": verdict.kind})
        failure.text = problem.render()
    return case


def _replay(emulation: EmulationFacts, classname: str) -> ElementTree.Element:
    case = _case("outputs equal TensorFlow Lite Micro's", classname, {})
    if emulation.mismatches:
        message = f"{emulation.mismatches} of {emulation.outputs} output bytes differ on {emulation.machine}"
        ElementTree.SubElement(case, "failure", {"message": message, "type": "emulation"})
    return case


def _case(name: str, classname: str, place: dict[str, str]) -> ElementTree.Element:
    return ElementTree.Element("testcase", {"name": name, "classname": classname, "time": "0", **place})
