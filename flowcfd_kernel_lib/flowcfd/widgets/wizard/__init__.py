"""The wizard: a case set up by mouse, step by step, and written as the Python that makes it."""

from flowcfd.widgets.wizard.opening import wizard
from flowcfd.widgets.wizard.widget import Wizard

__all__ = ["Wizard", "wizard"]
