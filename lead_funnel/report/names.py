"""Names that the warehouse writes as codes and the report in words, where they are ours.

The words are those that `wording.label` and `wording.phrase` make of the codes. What is not here
(campaigns, teams, rules, lines of the seeds) is named by others and stays as it is.
"""

from lead_funnel.language import N_

CHANNELS = (
    N_("Paid search"),
    N_("Organic search"),
    N_("Paid social"),
    N_("Social"),
    N_("Email"),
    N_("Display"),
    N_("Referral"),
    N_("Partner"),
    N_("Event"),
    N_("Direct"),
    N_("Outbound"),
    N_("Other"),
)
BANDS = (N_("Hot"), N_("Warm"), N_("Cool"), N_("Cold"))
CAPABILITIES = (
    N_("Activities"),
    N_("Amounts"),
    N_("Consent"),
    N_("Costs"),
    N_("Opportunities"),
    N_("Status history"),
)
TEAMS = (N_("All teams"), N_("Small teams"))
MATURITY = (
    N_("Relationship"),
    N_("Lead management"),
    N_("Defined"),
    N_("Aligned"),
    N_("Integrated"),
    N_("Defined terms"),
    N_("Defined process"),
    N_("Own department"),
    N_("undefined"),
    N_("defined"),
    N_("aligned"),
    N_("integrated"),
    N_("none"),
    N_("defined terms"),
    N_("defined process"),
    N_("own department"),
    N_("yes"),
    N_("partly"),
    N_("no"),
)
MONEY = (
    N_("won"),
    N_("won of new business"),
    N_("won from customers"),
    N_("open pipeline"),
    N_("spent on campaigns"),
)
REASONS = (
    N_("missing key"),
    N_("unreadable time"),
    N_("time after load"),
    N_("unknown event name"),
)
FACTORS = (
    N_("after hours"),
    N_("no owner"),
    N_("owner unknown"),
    N_("over capacity"),
    N_("low quality"),
)
EVENTS = (
    N_("blog viewed"),
    N_("careers viewed"),
    N_("case study viewed"),
    N_("contact requested"),
    N_("content requested"),
    N_("demo requested"),
    N_("email bounced"),
    N_("email clicked"),
    N_("email delivered"),
    N_("email opened"),
    N_("identified"),
    N_("lead called"),
    N_("lead created"),
    N_("lead emailed"),
    N_("newsletter signed up"),
    N_("opportunity created"),
    N_("opportunity lost"),
    N_("opportunity won"),
    N_("page viewed"),
    N_("pricing viewed"),
    N_("product clicked"),
    N_("product viewed"),
    N_("qr scanned"),
    N_("sales called"),
    N_("sales emailed"),
    N_("sales met"),
    N_("spam complained"),
    N_("stage entered"),
    N_("status changed"),
    N_("trade fair visited"),
    N_("unsubscribed"),
    N_("web event"),
    N_("webinar attended"),
    N_("webinar registered"),
    N_("webinar viewed"),
    N_("went silent"),
    N_("whitepaper viewed"),
)
WORDS = frozenset(
    (*CHANNELS, *BANDS, *CAPABILITIES, *TEAMS, *MATURITY, *MONEY, *REASONS, *FACTORS, *EVENTS)
)
