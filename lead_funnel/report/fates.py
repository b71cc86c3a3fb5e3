"""What becomes of those who enter a stage: its name and colour, wherever it is drawn."""

from lead_funnel.report import palette

FATES = {
    "advanced": ("Gone on", palette.ACCENT),
    "recycled": ("Handed back", palette.AMBER),
    "lost": ("Lost", palette.WARNING),
    "disqualified": ("Disqualified", palette.PINK),
    "expired": ("Expired", palette.CONTEXT),
    "won_by_colleague": ("Colleague won", palette.GREEN),
    "open": ("Still in it", palette.SKY),
}
