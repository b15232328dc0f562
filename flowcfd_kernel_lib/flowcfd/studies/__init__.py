"""Studies: what several computations say together that one cannot."""

from flowcfd.studies.family import refine
from flowcfd.studies.gci import GCI, gci
from flowcfd.studies.independence import Independence, Level, independence

__all__ = ["GCI", "Independence", "Level", "gci", "independence", "refine"]
