"""Examples in; a trained, compared and registered model out."""
