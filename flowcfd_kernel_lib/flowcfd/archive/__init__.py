"""Archive: finished runs and studies as compressed bundles in an S3 store.

fc.archive.put(run)                     # returns when the store has it, whole and compared
fc.archive.list()
fc.archive.restore("cavity-1abcb9e14c7d")
fc.archive.link("cavity-1abcb9e14c7d")  # for a colleague, for one hour
"""

from flowcfd.archive.entry import Entry
from flowcfd.archive.entry import entries as list
from flowcfd.archive.keep import delete, put, targets
from flowcfd.archive.lifecycle import Rule, rule
from flowcfd.archive.restoring import link, restore
from flowcfd.archive.s3 import Access, Store, store

__all__ = ["Access", "Entry", "Rule", "Store", "delete", "link", "list", "put", "restore", "rule", "store", "targets"]
