"""Dashboard: the points of a study, or some runs, as a page for people who do not write code."""

from flowcfd.widgets.dashboard.served import Dashboard, dashboard

__all__ = ["Dashboard", "dashboard"]
