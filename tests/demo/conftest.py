from __future__ import annotations

import pytest

from tests.demo.demo_company import Company, make_company


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return make_company(tmp_path_factory.mktemp("company"), leads=3000, seed=7)
