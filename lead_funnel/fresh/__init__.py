"""Within the day: what arrived since the last whole build, for the leads that it touches."""
