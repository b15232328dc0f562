"""Suites that a plug-in's tests inherit, so that a part from outside keeps the promises that ours keep."""

from flowcfd.testing.executors import ExecutorSuite
from flowcfd.testing.meshers import MesherSuite
from flowcfd.testing.readers import ReaderSuite
from flowcfd.testing.specs import DomainSuite, EnclosureSuite, SpecSuite

__all__ = ["DomainSuite", "EnclosureSuite", "ExecutorSuite", "MesherSuite", "ReaderSuite", "SpecSuite"]
