"""The sync: changed rows go to the CRM as files, or straight to its bulk API, or signed to any address."""
