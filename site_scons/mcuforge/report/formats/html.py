"""report.html: one self-contained page, for people."""

from __future__ import annotations

from mcuforge.report.build_report import BuildReport

FILE = "report.html"


def render(report: BuildReport) -> str:
    from mcuforge.report.page.page import render_page

    return render_page(report)
