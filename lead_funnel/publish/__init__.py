"""What leaves the warehouse: a copy for readers, a summary and a report."""
