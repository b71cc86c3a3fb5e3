"""A push that is killed at any moment loses nothing and claims nothing.

``SYNC_KILLS=50`` kills it more often than every change needs.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time

import pytest

from lead_funnel.crm.client import TOKEN
from tests.sync.conftest import ROOT, Changes
from tests.sync.crm_server import CrmServer

KILLS = int(os.environ.get("SYNC_KILLS", "8"))


@pytest.mark.parametrize("kind", ["hubspot", "salesforce"])
def test_killed_pushes_lose_nothing_and_claim_nothing(
    changes: Changes, crm: CrmServer, kind: str
) -> None:
    draw = random.Random(20260625)
    crm.delay, crm.record_delay = 0.02, 0.002
    night, killed, cut = 0, 0, []
    command = [
        sys.executable, "-m", "lead_funnel.crm.cli", "push", "--crm", kind, "--db", str(changes.db),
        "--timeout", "5", "--backoff", "0.02", "--batch-size", "20",
    ]  # fmt: skip
    ever: set[tuple[object, ...]] = set()
    while killed < KILLS:
        if not changes.wanted() - changes.acknowledged():
            night += 1
            changes.publish(250, salt=f"night {night}")
        ever |= changes.wanted()
        crm.faults.clear()
        crm.faults.extend(draw.choice(["", "", "", "503", "drop"]) for _ in range(20))
        asked = len(crm.requests)
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        ) as process:
            until = time.monotonic() + 60
            # After some requests, not some seconds: a slow machine must not kill too early.
            enough = asked + draw.randint(1, 25)
            while len(crm.requests) < enough and process.poll() is None:
                assert time.monotonic() < until
                time.sleep(0.005)
            try:
                process.wait(draw.uniform(0, 0.1))
            except subprocess.TimeoutExpired:
                process.kill()
                killed += 1
            assert process.stderr is not None
            assert b"Traceback" not in process.stderr.read()
        acknowledged = changes.acknowledged()
        assert acknowledged <= crm.took(), "acknowledged what the CRM did not take"
        cut.append(len(changes.wanted() - acknowledged))
    crm.faults.clear()
    assert any(0 < left < 250 for left in cut), "no kill came in the midst of a push"
    crm.delay = 0
    assert changes.push(kind) == 0
    assert changes.acknowledged() == changes.wanted()
    assert crm.took() <= ever, "repeats are of rows that were to be sent"
    field = {"hubspot": "lead_funnel_row_hash", "salesforce": "Lead_Funnel_Row_Hash__c"}[kind]
    held = {(key, fields[field]) for key, fields in crm.records.items()}
    assert held == changes.wanted(), "the CRM holds something older"
    assert TOKEN in os.environ
    sys.stdout.write(
        f"{kind}: {killed} kills, {len(crm.took())} rows, {crm.repeats()} repeats, "
        f"{night + 1} nights\n"
    )
