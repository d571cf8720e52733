"""All of infra/terraform, applied to an emulator of AWS: what there then is."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from app.settings import Settings
from app.store.tables import facts_table, vault_table, views_table
from tests.infra.emulator import ACCOUNT, call, emulator
from tests.infra.terraform import apply, copy_to, init, use_emulator

pytestmark = pytest.mark.infra

Made = Mapping[str, list[dict[str, Any]]]
IMAGE = f"{ACCOUNT}.dkr.ecr.ap-northeast-1.amazonaws.com/kickbacks@sha256:{'a' * 64}"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Made]]:
    """The emulator's address, and the values of all resources by type."""
    folder = copy_to(tmp_path_factory.mktemp("infra"))
    with emulator() as url:
        use_emulator(folder, url)
        init(folder)
        certificate = call(url, "acm", "CertificateManager.RequestCertificate", {"DomainName": "kickbacks.example"})
        variables = {
            "image": IMAGE,
            "certificate_arn": certificate["CertificateArn"],
            "auth_issuer": "https://issuer.example",
            "auth_audience": "kickbacks",
            "alarm_email": "operators@kickbacks.example",
        }
        yield url, apply(folder, variables)


def test_tables_are_those_of_the_code(made: tuple[str, Made]) -> None:
    url, resources = made
    wanted = {
        "facts": facts_table("CreditCardKickbacks"),
        "views": views_table("KickbackViews"),
        "vault": vault_table("KickbackVault"),
    }
    for key, table in wanted.items():
        name = f"kickbacks-prod-{table['TableName']}"
        found: Any = call(url, "dynamodb", "DynamoDB_20120810.DescribeTable", {"TableName": name})["Table"]
        assert found["KeySchema"] == table["KeySchema"]
        assert _by_name(found["AttributeDefinitions"]) == _by_name(table["AttributeDefinitions"])
        assert _indexes(found) == _indexes(table)
        assert found.get("StreamSpecification") == table.get("StreamSpecification"), key
        assert found["BillingModeSummary"]["BillingMode"] == table["BillingMode"]
    assert {one["_key"] for one in resources["aws_dynamodb_table"]} == set(wanted)


def test_tables_are_kept_safe(made: tuple[str, Made]) -> None:
    keys = {one["_name"]: one["arn"] for one in made[1]["aws_kms_key"]}
    for table in made[1]["aws_dynamodb_table"]:
        encryption = table["server_side_encryption"]
        assert encryption == [{"enabled": True, "kms_key_arn": keys["vault" if table["_key"] == "vault" else "data"]}]
        assert table["point_in_time_recovery"][0]["enabled"]
        assert table["deletion_protection_enabled"]


def test_no_role_may_do_everything(made: tuple[str, Made]) -> None:
    policies = made[1]["aws_iam_role_policy"]
    assert len(policies) > 5
    for policy in policies:
        for statement in json.loads(policy["policy"])["Statement"]:
            actions, resources = _listed(statement["Action"]), _listed(statement["Resource"])
            assert statement["Effect"] == "Allow"
            assert not [action for action in actions if "*" in action], policy["name"]
            if "*" in resources:
                assert statement["Sid"] in {"Login", "Network"}, statement["Sid"]


def test_tasks_may_touch_their_own_tables_only(made: tuple[str, Made]) -> None:
    tables = {one["arn"] for one in made[1]["aws_dynamodb_table"]}
    for policy in made[1]["aws_iam_role_policy"]:
        for statement in json.loads(policy["policy"])["Statement"]:
            if any(action.startswith("dynamodb:") for action in _listed(statement["Action"])):
                for resource in _listed(statement["Resource"]):
                    own = resource.split("/index/")[0].split("/stream/")[0]
                    assert own in tables, (policy["name"], resource)


def test_what_starts_a_task_can_read_no_table(made: tuple[str, Made]) -> None:
    (policy,) = (one for one in made[1]["aws_iam_role_policy"] if one["name"] == "start-tasks")
    assert "dynamodb" not in policy["policy"]


def test_every_alarm_has_a_target_and_a_page_of_the_runbook(made: tuple[str, Made]) -> None:
    (topic,) = made[1]["aws_sns_topic"]
    assert made[1]["aws_sns_topic_subscription"][0]["topic_arn"] == topic["arn"]
    runbook = (Path(__file__).parents[2] / "docs" / "runbook.md").read_text()
    assert len(made[1]["aws_cloudwatch_metric_alarm"]) > 10
    for alarm in made[1]["aws_cloudwatch_metric_alarm"]:
        assert alarm["alarm_actions"] == alarm["ok_actions"] == [topic["arn"]]
        assert f"## {alarm['_key']}\n" in runbook, alarm["_key"]


def test_containers_are_confined(made: tuple[str, Made]) -> None:
    definitions = made[1]["aws_ecs_task_definition"]
    assert {one["_name"] for one in definitions} == {"api", "job"}
    for definition in definitions:
        (container,) = json.loads(definition["container_definitions"])
        assert container["user"] == "10001:10001"
        assert container["readonlyRootFilesystem"] is True
        assert container["privileged"] is False
        assert container["linuxParameters"]["capabilities"]["drop"] == ["ALL"]
        assert container["image"] == IMAGE
        assert not {one["name"] for one in container["environment"]} & {one["name"] for one in container["secrets"]}


def test_what_fargate_gives_to_stop_is_enough(made: tuple[str, Made]) -> None:
    """DRAIN_SECONDS and SHUTDOWN_SECONDS, by their defaults."""
    settings = {name: info.default for name, info in Settings.model_fields.items()}
    for definition in made[1]["aws_ecs_task_definition"]:
        (container,) = json.loads(definition["container_definitions"])
        assert settings["drain_seconds"] + settings["shutdown_seconds"] < container["stopTimeout"] <= 120


def test_a_task_keeps_connections_longer_than_the_balancer(made: tuple[str, Made]) -> None:
    """The other way round the balancer would send requests to connections that are just being closed."""
    (balancer,) = made[1]["aws_lb"]
    (api,) = (one for one in made[1]["aws_ecs_task_definition"] if one["_name"] == "api")
    (container,) = json.loads(api["container_definitions"])
    settings = Settings.model_validate({one["name"].lower(): one["value"] for one in container["environment"]})
    assert balancer["idle_timeout"] < settings.keep_alive


def test_the_stream_is_followed_as_the_projector_needs_it(made: tuple[str, Made]) -> None:
    (mapping,) = made[1]["aws_lambda_event_source_mapping"]
    assert mapping["starting_position"] == "TRIM_HORIZON"
    assert mapping["parallelization_factor"] == 1
    assert mapping["tumbling_window_in_seconds"] > 0
    assert mapping["function_response_types"] == ["ReportBatchItemFailures"]
    assert mapping["bisect_batch_on_function_error"] is True
    assert mapping["maximum_retry_attempts"] == -1
    assert mapping["destination_config"][0]["on_failure"][0]["destination_arn"]


def _by_name(attributes: list[dict[str, str]]) -> dict[str, str]:
    return {one["AttributeName"]: one["AttributeType"] for one in attributes}


def _indexes(table: dict[str, Any]) -> dict[str, Any]:
    return {
        one["IndexName"]: (
            one["KeySchema"],
            one["Projection"]["ProjectionType"],
            sorted(one["Projection"].get("NonKeyAttributes", [])),
        )
        for one in table.get("GlobalSecondaryIndexes", [])
    }


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else value
