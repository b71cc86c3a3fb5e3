"""Judge scorers on the same rows: metrics, probes, drift, the gate, logged decisions."""
