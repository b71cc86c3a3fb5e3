"""The command line ``lead-ml``: one module a command."""
