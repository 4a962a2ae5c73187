"""Everything in Python that talks to a chain."""
