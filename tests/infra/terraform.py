"""Terraform on a copy of infra/terraform: checked, and applied to an emulator of AWS.

The AWS provider comes from a local mirror where TF_PLUGIN_DIR names one, else from where Terraform gets it by itself.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).parents[2] / "infra" / "terraform"
_SERVICES = (
    *("acm", "applicationautoscaling", "cloudtrail", "cloudwatch", "cloudwatchlogs", "dynamodb", "ec2", "ecr", "ecs"),
    *("elbv2", "events", "iam", "kms", "lambda", "s3", "scheduler", "secretsmanager", "sns", "sqs", "sts", "wafv2"),
)


def copy_to(folder: Path) -> Path:
    """Its files, without what Terraform keeps beside them."""
    return Path(
        shutil.copytree(SOURCE, folder / "terraform", ignore=shutil.ignore_patterns(".terraform*", "*.tfstate*"))
    )


def use_emulator(folder: Path, url: str) -> None:
    """Lets the provider call the emulator instead of AWS. The emulator cannot tell the tags of scaling targets, without
    which the provider believes in none: scaling is only validated."""
    (folder / "scaling_tasks.tf").unlink()
    endpoints = "".join(f'    {service} = "{url}"\n' for service in _SERVICES)
    (folder / "emulator_override.tf").write_text(
        'provider "aws" {\n  access_key = "x"\n  secret_key = "x"\n  skip_credentials_validation = true\n'
        "  max_retries = 2\n  skip_metadata_api_check = true\n  skip_requesting_account_id = true\n"
        "  s3_use_path_style = true\n"
        f"  endpoints {{\n{endpoints}  }}\n}}\n"
    )


def terraform(folder: Path, *arguments: str, seconds: float = 300) -> str:
    """What it says on standard output. Fails with all that it says."""
    done = subprocess.run(
        ["terraform", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=seconds,
        env={**os.environ, "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"},
    )
    assert done.returncode == 0, f"terraform {arguments[0]}: {done.stdout[-4000:]}{done.stderr[-4000:]}"
    return done.stdout


def init(folder: Path) -> None:
    """Finds the provider."""
    mirror = os.environ.get("TF_PLUGIN_DIR")
    terraform(folder, "init", "-backend=false", "-no-color", *([f"-plugin-dir={mirror}"] if mirror else []))


def apply(folder: Path, variables: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Makes everything, and returns what there then is: the values of each resource, by type."""
    (folder / "test.auto.tfvars.json").write_text(json.dumps(variables))
    terraform(folder, "apply", "-auto-approve", "-no-color", "-parallelism=20", seconds=540)
    state = json.loads(terraform(folder, "show", "-json"))
    found: dict[str, list[dict[str, Any]]] = {}
    for resource in state["values"]["root_module"]["resources"]:
        values = {**resource["values"], "_key": resource.get("index"), "_name": resource["name"]}
        found.setdefault(resource["type"], []).append(values)
    return found
