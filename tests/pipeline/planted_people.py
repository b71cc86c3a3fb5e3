"""People in every mix of what allows and forbids to contact them, and who may be contacted."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

NOW = pd.Timestamp("2026-03-02 12:00:00")
REPS = 3


@dataclass(frozen=True)
class Person:
    """What is planted of one person.

    Attributes
    ----------
    form
        What the form said about marketing; none: sales found the person, who
        never asked for anything.
    opted_out
        Which record of the CRM says so, before the form.
    unsubscribed
        When, against the form; a form after it with consent takes it back.
    bounced
        Whether the last message came back; later ones may have arrived.
    is_resting
        Whether a message went out two days ago.
    """

    form: str
    opted_out: str
    unsubscribed: str
    has_complained: bool
    bounced: str
    is_customer: bool
    has_phone: bool
    is_resting: bool
    is_deleted: bool = False
    is_internal: bool = False

    @property
    def may_contact(self) -> bool:
        """Whether anybody may contact the person at all."""
        is_cold = self.form == "none" and not self.is_customer
        forbidden = self.is_deleted or self.is_internal or self.has_complained or is_cold
        # The form came after it: the person's own consent takes it back.
        return not forbidden and (self.opted_out == "no" or self.form == "given")

    @property
    def may_call(self) -> bool:
        return self.may_contact and self.has_phone

    @property
    def may_email(self) -> bool:
        took_back = self.unsubscribed == "before" and self.form == "given"
        is_gone = self.unsubscribed != "no" and not took_back
        comes_back = self.bounced == "last" and not self.is_resting
        return self.may_contact and not (is_gone or comes_back or self.form == "refused")


def people() -> list[Person]:
    """Every mix, but who never did anything has no form to have answered."""
    mixes = product(
        ("none", "silent", "refused", "given"),
        ("no", "lead", "contact"),
        ("no", "before", "after"),
        (False, True),
        ("no", "once", "last"),
        (False, True),
        (False, True),
        (False, True),
    )
    planted = [Person(*mix) for mix in mixes]
    planted += [
        Person(
            "given", "no", "no", False, "no", is_customer, True, False, is_deleted, not is_deleted
        )
        for is_customer, is_deleted in product((False, True), (False, True))
    ]
    return planted


def crm_id(number: int) -> str:
    return f"L{number}"


def write_raw(planted: list[Person], raw: Path) -> None:
    """Write the raw tables that tell of them."""
    tables: dict[str, list[dict[str, Any]]] = {
        "crm_leads": [],
        "crm_contacts": [],
        "crm_opportunities": [],
        "form_submissions": [],
        "email_events": [],
        "crm_reps": [
            {"rep_id": f"r{number}", "team_id": "emea", "is_active": True} for number in range(REPS)
        ],
    }

    def mail(number: int, name: str, days_ago: float) -> None:
        tables["email_events"].append(
            {
                "event_id": f"{name}-{number}-{days_ago}",
                "event_name": name,
                "occurred_at": NOW - pd.Timedelta(days=days_ago),
                "email": address(number),
                "loaded_at": NOW,
            }
        )

    def address(number: int) -> str:
        domain = "leadfunnel.example" if planted[number].is_internal else f"firm{number}.example"
        return f"p{number}@{domain}"

    for number, person in enumerate(planted):
        tables["crm_leads"].append(
            {
                "lead_id": crm_id(number),
                "created_at": NOW - pd.Timedelta(days=90),
                "updated_at": NOW - pd.Timedelta(days=90),
                "email": address(number),
                "phone": "+49 30 1234" if person.has_phone else None,
                "status": "New",
                "lead_source": "cold_call" if person.form == "none" else None,
                "is_deleted": person.is_deleted,
                "has_opted_out": person.opted_out == "lead",
                "loaded_at": NOW,
            }
        )
        if person.opted_out == "contact":
            tables["crm_contacts"].append(
                {
                    "contact_id": f"C{number}",
                    "created_at": NOW - pd.Timedelta(days=80),
                    "updated_at": NOW - pd.Timedelta(days=80),
                    "email": address(number),
                    "has_opted_out": True,
                    "loaded_at": NOW,
                }
            )
        if person.is_customer:
            tables["crm_opportunities"].append(
                {
                    "opportunity_id": f"O{number}",
                    "lead_id": crm_id(number),
                    "created_at": NOW - pd.Timedelta(days=85),
                    "updated_at": NOW - pd.Timedelta(days=70),
                    "stage_name": "Closed Won",
                    "amount": 1000.0,
                    "currency_code": "EUR",
                    "is_closed": True,
                    "is_won": True,
                    "closed_at": NOW - pd.Timedelta(days=70),
                    "loaded_at": NOW,
                }
            )
        if person.form != "none":
            tables["form_submissions"].append(
                {
                    "submission_id": f"F{number}",
                    "form_id": "newsletter",
                    "occurred_at": NOW - pd.Timedelta(days=60),
                    "email": address(number),
                    "consent_marketing": {"refused": False, "given": True}.get(person.form),
                    "loaded_at": NOW,
                }
            )
        if person.unsubscribed != "no":
            mail(number, "unsubscribed", 61 if person.unsubscribed == "before" else 59)
        if person.has_complained:
            mail(number, "complained", 65)
        if person.bounced != "no":
            mail(number, "bounced", 40)
        if person.bounced == "once":
            mail(number, "delivered", 30)
        if person.is_resting:
            mail(number, "delivered", 2)
    raw.mkdir()
    for name, rows in tables.items():
        frame = pd.DataFrame(rows)
        duckdb.from_df(frame).write_parquet(str(raw / f"{name}.parquet"))


class Planted:
    """The planted people, and the warehouse that was built of them."""

    def __init__(self, db: Path, planted: list[Person]) -> None:
        self.db = db
        self.people = {crm_id(number): person for number, person in enumerate(planted)}

    def ask(self, columns: str, mart: str) -> dict[str, tuple[Any, ...]]:
        """Columns of a mart by the CRM's id of the lead."""
        with duckdb.connect(str(self.db), read_only=True) as connection:
            rows = connection.execute(
                f"""
                select leads.crm_lead_id, {columns}
                from marts.{mart} as found
                inner join marts.dim_leads as leads using (lead_key)
                """
            ).fetchall()
        assert len({row[0] for row in rows}) == len(rows)
        return {row[0]: row[1:] for row in rows}
