"""The changed rows, taken to the CRM: as files, or straight to its bulk interface."""
