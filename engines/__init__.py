"""Run the models on a second engine and hold its tables against DuckDB's."""
