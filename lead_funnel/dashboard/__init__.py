"""Pictures for people who would rather look than query; an optional extra."""
