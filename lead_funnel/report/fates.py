"""What becomes of those who enter a stage: its name, and its colour in the report."""

from lead_funnel.language import N_
from lead_funnel.report import palette

FATES = {
    "advanced": (N_("Gone on"), palette.ACCENT),
    "recycled": (N_("Handed back"), palette.AMBER),
    "lost": (N_("Lost"), palette.WARNING),
    "disqualified": (N_("Disqualified"), palette.PINK),
    "expired": (N_("Expired"), palette.CONTEXT),
    "won_by_colleague": (N_("Colleague won"), palette.GREEN),
    "open": (N_("Still in it"), palette.SKY),
}
