"""What leaves the warehouse as a whole: the copy for readers, and what other rules would do."""
