"""Reports: what a run or a study came to, on paper and as a page."""

from flowcfd.reports.report import report
from flowcfd.reports.sections import SECTIONS, Section, Subject

__all__ = ["SECTIONS", "Section", "Subject", "report"]
