"""The sync: changed rows go to the CRM as files or straight, or signed to any address."""
