"""Studies: what several computations say together that one cannot."""

from flowcfd.studies.family import refine
from flowcfd.studies.gci import GCI, gci
from flowcfd.studies.independence import Independence, Level, independence
from flowcfd.studies.point import Point
from flowcfd.studies.study import Study
from flowcfd.studies.study import all_studies as all
from flowcfd.studies.study import open_study as open

__all__ = ["GCI", "Independence", "Level", "Point", "Study", "all", "gci", "independence", "open", "refine"]
