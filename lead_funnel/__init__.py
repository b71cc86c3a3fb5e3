"""Everything of Lead Funnel that is installed, apart from the model: see docs/architecture.md."""
