"""Forms that are derived from the models of a case: every field with unit, range, help and the reason for its value."""

from flowcfd.widgets.form.form import Form

__all__ = ["Form"]
