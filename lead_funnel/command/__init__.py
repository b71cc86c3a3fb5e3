"""The command ``lead-funnel``: options and doors; the work is done elsewhere.

Nothing heavy is imported while options are read, so that help and mistakes are answered at once.
"""
