"""The additive model: terms, estimation, calibration, versions."""
