# What each may do: the actions are those that the code calls (permissions.json), on our own tables and indexes only.
locals {
  roles = {
    api       = "ecs-tasks.amazonaws.com"
    expire    = "ecs-tasks.amazonaws.com"
    seal      = "ecs-tasks.amazonaws.com"
    verify    = "ecs-tasks.amazonaws.com"
    rebuild   = "ecs-tasks.amazonaws.com"
    vault     = "ecs-tasks.amazonaws.com"
    projector = "lambda.amazonaws.com"
  }
  resources = merge(
    { for key, table in aws_dynamodb_table.this : key => [table.arn] },
    { for key, table in aws_dynamodb_table.this : "${key}_indexes" => ["${table.arn}/index/*"] },
    {
      facts_stream = ["${aws_dynamodb_table.this["facts"].arn}/stream/*"]
      vault_key    = [aws_kms_key.vault.arn]
    }
  )
}

data "aws_iam_policy_document" "assumed" {
  for_each = merge(local.roles, {
    execution = "ecs-tasks.amazonaws.com"
    scheduler = "scheduler.amazonaws.com"
    flow      = "vpc-flow-logs.amazonaws.com"
    trail     = "cloudtrail.amazonaws.com"
  })

  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = [each.value]
    }
    dynamic "condition" {
      # Lambda says nothing of where it comes from when it takes a function's role.
      for_each = each.value == "lambda.amazonaws.com" ? [] : [local.account]
      content {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [condition.value]
      }
    }
  }
}

resource "aws_iam_role" "this" {
  for_each = local.roles

  name               = "${local.name}-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.assumed[each.key].json
}

data "aws_iam_policy_document" "this" {
  for_each = local.roles

  dynamic "statement" {
    for_each = local.permissions[each.key]
    content {
      sid       = replace(title(replace(statement.key, "_", " ")), " ", "")
      actions   = statement.value
      resources = local.resources[statement.key]
    }
  }

  # The tables are encrypted with our own keys, which DynamoDB uses in the caller's name.
  statement {
    sid       = "TableKeys"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
    resources = concat([aws_kms_key.data.arn], contains(keys(local.permissions[each.key]), "vault") ? [aws_kms_key.vault.arn] : [])
    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["dynamodb.${var.region}.amazonaws.com"]
    }
  }
}

resource "aws_iam_role_policy" "this" {
  for_each = local.roles

  name   = "own-tables"
  role   = aws_iam_role.this[each.key].id
  policy = data.aws_iam_policy_document.this[each.key].json
}

# The projector's place in the network, its logs, its stream and its queue: what Lambda does in its name.
data "aws_iam_policy_document" "projector" {
  statement {
    sid       = "Network"
    actions   = ["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"]
    resources = ["*"]
    # Network interfaces have no names before they are made: the network bounds them instead.
    condition {
      test     = "ArnEqualsIfExists"
      variable = "ec2:Vpc"
      values   = [aws_vpc.this.arn]
    }
  }
  statement {
    sid       = "Logs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this["projector"].arn}:*"]
  }
  statement {
    sid       = "Mapping"
    actions   = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
    resources = [aws_dynamodb_table.this["facts"].stream_arn]
  }
  statement {
    sid       = "ListStreams"
    actions   = ["dynamodb:ListStreams"]
    resources = ["${aws_dynamodb_table.this["facts"].arn}/stream/*"]
  }
  statement {
    sid       = "Failed"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.this["projector"].arn]
  }
  statement {
    sid       = "FailedKeys"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.data.arn]
    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["sqs.${var.region}.amazonaws.com"]
    }
  }
}

resource "aws_iam_role_policy" "projector" {
  name   = "lambda"
  role   = aws_iam_role.this["projector"].id
  policy = data.aws_iam_policy_document.projector.json
}

# What starts a task: fetches its image, reads its secrets, opens its log. It cannot read a table.
data "aws_iam_policy_document" "execution" {
  statement {
    sid       = "Login"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"] # it knows no resources
  }
  statement {
    sid       = "Image"
    actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    resources = [aws_ecr_repository.this.arn]
  }
  statement {
    sid       = "Secrets"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [for secret in aws_secretsmanager_secret.this : secret.arn]
  }
  statement {
    sid       = "Keys"
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.data.arn]
    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["secretsmanager.${var.region}.amazonaws.com"]
    }
  }
  statement {
    sid       = "Logs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this["service"].arn}:*"]
  }
}

resource "aws_iam_role" "execution" {
  name               = "${local.name}-execution"
  assume_role_policy = data.aws_iam_policy_document.assumed["execution"].json
}

resource "aws_iam_role_policy" "execution" {
  name   = "start-tasks"
  role   = aws_iam_role.execution.id
  policy = data.aws_iam_policy_document.execution.json
}

data "aws_iam_policy_document" "scheduler" {
  statement {
    sid       = "Run"
    actions   = ["ecs:RunTask"]
    resources = [for job in aws_ecs_task_definition.job : "${job.arn_without_revision}:*"]
    condition {
      test     = "ArnEquals"
      variable = "ecs:cluster"
      values   = [aws_ecs_cluster.this.arn]
    }
  }
  statement {
    sid       = "Pass"
    actions   = ["iam:PassRole"]
    resources = concat([aws_iam_role.execution.arn], [for key in keys(local.jobs) : aws_iam_role.this[key].arn])
    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ecs-tasks.amazonaws.com"]
    }
  }
  statement {
    sid       = "Failed"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.this["jobs"].arn]
  }
  statement {
    sid       = "Keys"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.data.arn]
  }
}

resource "aws_iam_role" "scheduler" {
  name               = "${local.name}-scheduler"
  assume_role_policy = data.aws_iam_policy_document.assumed["scheduler"].json
}

resource "aws_iam_role_policy" "scheduler" {
  name   = "run-jobs"
  role   = aws_iam_role.scheduler.id
  policy = data.aws_iam_policy_document.scheduler.json
}
