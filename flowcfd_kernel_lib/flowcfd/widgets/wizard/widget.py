"""Wizard: the widget of the steps; it holds a draft and replaces it."""

from __future__ import annotations

from typing import Any

from flowcfd.case import Case
from flowcfd.widgets.wizard.draft import Draft


class Wizard:
    """A case set up step by step; see `flowcfd.wizard`."""

    def __init__(self, draft: Draft, *, cell: bool = False) -> None:
        self.draft = draft
        self.step = "Geometry"
        self.run: Any = None

    @property
    def case(self) -> Case:
        """The case that is set up; CaseError names what is missing."""
        return self.draft.case

    @property
    def code(self) -> str:
        """The Python that makes the case."""
        return self.draft.code
