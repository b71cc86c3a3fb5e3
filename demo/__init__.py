"""A simulated company, and loaders of public data sets, writing the raw tables."""
