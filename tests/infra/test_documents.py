import json
from pathlib import Path

import yaml

from app.settings import ServiceSettings, Settings
from tests.infra.documents import tables

ROOT = Path(__file__).parents[2]
TERRAFORM = ROOT / "infra" / "terraform"


def test_terraform_makes_the_tables_of_the_code() -> None:
    """`make openapi` writes it anew."""
    assert json.loads((TERRAFORM / "tables.json").read_text()) == tables()


def test_a_task_without_terraform_is_as_confined_as_compose_makes_it() -> None:
    (container,) = json.loads((ROOT / "docker" / "ecs-task-definition.json").read_text())["containerDefinitions"]
    composed = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["api"]
    assert container["readonlyRootFilesystem"] is composed["read_only"] is True
    assert container["linuxParameters"]["capabilities"]["drop"] == composed["cap_drop"] == ["ALL"]
    assert composed["security_opt"] == ["no-new-privileges:true"]  # Fargate gives no new privileges by itself
    assert container["user"] == "10001:10001"
    assert container["privileged"] is False


def test_a_task_without_terraform_has_settings_that_there_are() -> None:
    (container,) = json.loads((ROOT / "docker" / "ecs-task-definition.json").read_text())["containerDefinitions"]
    said = {one["name"]: one["value"] for one in container["environment"]}
    secret = {one["name"]: "a secret" for one in container["secrets"]}
    assert {name.lower() for name in {**said, **secret}} <= set(Settings.model_fields)
    settings = ServiceSettings.model_validate({name.lower(): value for name, value in {**said, **secret}.items()})
    assert settings.drain_seconds + settings.shutdown_seconds < container["stopTimeout"] <= 120
    assert settings.keep_alive > 60  # what a load balancer of AWS keeps, unless it is told otherwise


def test_compose_waits_for_what_is_under_way() -> None:
    composed = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["api"]
    said = {name.lower(): value for name, value in composed["environment"].items()}
    settings = Settings.model_validate({name: value for name, value in said.items() if name in Settings.model_fields})
    assert settings.drain_seconds + settings.shutdown_seconds < int(composed["stop_grace_period"].removesuffix("s"))
