"""What the data say, for people: a summary, a report, and a lead's account of points."""
