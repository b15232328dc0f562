"""Suites that a plug-in's tests inherit, so that a part from outside keeps the promises that ours keep."""

from flowcfd.testing.executors import ExecutorSuite
from flowcfd.testing.specs import DomainSuite, SpecSuite

__all__ = ["DomainSuite", "ExecutorSuite", "SpecSuite"]
