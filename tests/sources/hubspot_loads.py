"""Portals of HubSpot with invented rows, as other loaders and a person leave them."""

from __future__ import annotations

import json

from tests.sources.crm_views import Tables

# As Airbyte leaves it: properties in one column, lists of what is joined, stages within pipelines.
EXTRACTED = {"_airbyte_extracted_at": "2025-03-01 06:00:00"}
BYTES: Tables = {
    "contacts": [
        {
            **EXTRACTED,
            "id": "1",
            "archived": "false",
            "createdAt": "2025-01-11T09:00:00Z",
            "properties": json.dumps(
                {
                    "email": "eve@five.example",
                    "createdate": "2025-01-11T09:00:00Z",
                    "lifecyclestage": "lead",
                    "associatedcompanyid": "40",
                }
            ),
        }
    ],
    "deals": [
        {
            **EXTRACTED,
            "id": "200",
            "properties_dealstage": "closedwon",
            "properties_pipeline": "default",
            "properties_hs_is_closed_won": "true",
            "properties_hs_merged_object_ids": "201",
            "contacts": '["12", "1"]',
            "companies": '["40"]',
        },
        {**EXTRACTED, "id": "201", "properties_dealstage": "lost"},
    ],
    "deal_pipelines": [
        {
            "pipelineId": "default",
            "label": "Sales pipeline",
            "stages": json.dumps(
                [
                    {
                        "stageId": "closedwon",
                        "label": "Won",
                        "metadata": {"isClosed": "true", "probability": "1.0"},
                    },
                    {
                        "stageId": "lost",
                        "label": "Lost",
                        "metadata": {"isClosed": "true", "probability": "0.0"},
                    },
                    {
                        "stageId": "open",
                        "label": "Open",
                        "metadata": {"isClosed": "false", "probability": "0.2"},
                    },
                ]
            ),
        }
    ],
    "engagements_calls": [
        {
            **EXTRACTED,
            "id": "300",
            "properties_hs_timestamp": "2025-02-01T10:00:00Z",
            "contacts": '["1", "12"]',
            "deals": '["200"]',
        }
    ],
    "form_submissions": [
        {
            **EXTRACTED,
            "formId": "guid-9",
            "submittedAt": "1736582400000",
            "pageUrl": "https://us.example/contact",
            "values": json.dumps(
                [
                    {"name": "email", "value": "eve@five.example"},
                    {"name": "lastname", "value": "Five"},
                ]
            ),
        }
    ],
    "owners": [
        {
            "id": "70",
            "firstName": "Olga",
            "lastName": "Owner",
            "archived": "false",
            "teams": '[{"id": "t8", "primary": false}, {"id": "t9", "primary": true}]',
        }
    ],
}

# As Stitch leaves it: an object for each property.
STITCHED: Tables = {
    "contacts": [
        {
            "vid": "1",
            "properties__email__value": "sam@six.example",
            "properties__jobtitle__value": "CEO",
        }
    ]
}

# As dlt leaves it: properties as they are, tables of what is joined.
PIPED: Tables = {
    "contacts": [{"id": "1", "email": "pia@eight.example", "lifecyclestage": "lead"}],
    "contacts__deals": [{"value": "1", "deals_id": "700"}],
    "deals": [{"id": "700", "dealstage": "won", "pipeline": "p7", "is_deleted": "false"}],
    "deals__companies": [{"value": "700", "companies_id": "50"}],
    "pipelines_deals": [{"id": "p7", "label": "Pipeline seven"}],
    "pipelines_deals__stages": [
        {"id": "won", "label": "Yes", "metadata__is_closed": "true", "metadata__probability": "1.0"}
    ],
    "stages_timing_deals": [
        {"id": "700", "stage": "won", "hs_date_entered_": "2025-01-23T10:00:00Z"}
    ],
}

# As a person exports it.
EXPORTED: Tables = {
    "contact": [
        {
            "Record ID": "1",
            "First Name": "Kim",
            "Last Name": "Seven",
            "Email": "kim@seven.example",
            "Phone Number": "+1 555 0100",
            "Lifecycle Stage": "Marketing Qualified Lead",
            "Lead Status": "In Progress",
            "Contact owner": "Rita Rep",
            "Create Date": "2025-01-12 09:00",
            "Last Modified Date": "2025-01-13 09:00",
            "Original Source": "Paid search",
            "Company name": "Seven Ltd",
            "Country/Region": "Ireland",
            "Became a Lead Date": "2025-01-12 09:00",
            "Became a Marketing Qualified Lead Date": "2025-01-13 09:00",
        }
    ],
    "deal": [
        {
            "Record ID": "900",
            "Deal Stage": "Contract Sent (Sales Pipeline)",
            "Pipeline": "Sales Pipeline",
            "Deal owner": "Rita Rep",
            "Amount": "1200",
            "Close Date": "2025-04-01 09:00",
            "Create Date": "2025-01-20 09:00",
            "Associated Contact IDs": "1;2",
        }
    ],
}
