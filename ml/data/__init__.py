"""Examples: read, declared as features, sampled and split by time."""
