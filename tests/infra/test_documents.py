import json
from pathlib import Path

from tests.infra.documents import tables

TERRAFORM = Path(__file__).parents[2] / "infra" / "terraform"


def test_terraform_makes_the_tables_of_the_code() -> None:
    """`make openapi` writes it anew."""
    assert json.loads((TERRAFORM / "tables.json").read_text()) == tables()
