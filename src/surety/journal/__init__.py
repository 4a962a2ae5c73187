"""What an operator's key signed, and its refusal to sign what would break a promise.

with Journal(path) as journal:
    journal.hold(service, text)          # a commitment that is kept from now on
    signed = journal.sign(message, key)  # on the disk before it returns; PromiseBroken instead of a fault
"""

from .index import Hold, Index
from .journal import Journal, PromiseBroken
from .search import Fault, Undecided, can_judge, faults_with

__all__ = ["Fault", "Hold", "Index", "Journal", "PromiseBroken", "Undecided", "can_judge", "faults_with"]
