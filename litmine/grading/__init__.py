"""Place a record on the evidence ladder, and tell which records are not independent of each other."""

from litmine.grading.groups import independent_group, trial_key
from litmine.grading.ladder import grade

__all__ = ["grade", "independent_group", "trial_key"]
