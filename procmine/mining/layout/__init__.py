"""Where the parts of a BPMN diagram stand: left to right, in columns, with square corners.

The layered method of Sugiyama, Tagawa & Toda ("Methods for visual understanding of hierarchical
system structures", 1981) without any program outside Python, so that the same diagram gets the
same coordinates on every machine.
"""
