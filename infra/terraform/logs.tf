resource "aws_cloudwatch_log_group" "this" {
  for_each = toset(["service", "projector", "flow", "trail"])

  name              = "/${local.name}/${each.key}"
  retention_in_days = 365
  kms_key_id        = aws_kms_key.logs.arn
}

data "aws_iam_policy_document" "write_logs" {
  for_each = toset(["flow", "trail"])

  statement {
    actions   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this[each.key].arn}:*"]
  }
}

resource "aws_iam_role" "flow_logs" {
  name               = "${local.name}-flow-logs"
  assume_role_policy = data.aws_iam_policy_document.assumed["flow"].json
}

resource "aws_iam_role_policy" "flow_logs" {
  name   = "write"
  role   = aws_iam_role.flow_logs.id
  policy = data.aws_iam_policy_document.write_logs["flow"].json
}

resource "aws_iam_role" "trail" {
  name               = "${local.name}-trail"
  assume_role_policy = data.aws_iam_policy_document.assumed["trail"].json
}

resource "aws_iam_role_policy" "trail" {
  name   = "write"
  role   = aws_iam_role.trail.id
  policy = data.aws_iam_policy_document.write_logs["trail"].json
}

# Every call that reads or writes the vault or writes facts past the service, whoever makes it.
resource "aws_cloudtrail" "this" {
  #checkov:skip=CKV_AWS_252:its topic tells of every file that is delivered, which nobody reads
  name                          = local.name
  s3_bucket_name                = aws_s3_bucket.this["logs"].bucket
  s3_key_prefix                 = "trail"
  cloud_watch_logs_group_arn    = "${aws_cloudwatch_log_group.this["trail"].arn}:*"
  cloud_watch_logs_role_arn     = aws_iam_role.trail.arn
  kms_key_id                    = aws_kms_key.logs.arn
  include_global_service_events = true
  is_multi_region_trail         = true
  enable_log_file_validation    = true

  advanced_event_selector {
    name = "Management"
    field_selector {
      field  = "eventCategory"
      equals = ["Management"]
    }
  }

  advanced_event_selector {
    name = "The vault"
    field_selector {
      field  = "eventCategory"
      equals = ["Data"]
    }
    field_selector {
      field  = "resources.type"
      equals = ["AWS::DynamoDB::Table"]
    }
    field_selector {
      field  = "resources.ARN"
      equals = [aws_dynamodb_table.this["vault"].arn]
    }
  }

  # Deletions and updates, which the service never makes of facts; what it adds is in the audit trail.
  advanced_event_selector {
    name = "Facts changed"
    field_selector {
      field  = "eventCategory"
      equals = ["Data"]
    }
    field_selector {
      field  = "resources.type"
      equals = ["AWS::DynamoDB::Table"]
    }
    field_selector {
      field  = "resources.ARN"
      equals = [aws_dynamodb_table.this["facts"].arn]
    }
    field_selector {
      field  = "eventName"
      equals = ["DeleteItem", "UpdateItem", "BatchWriteItem"]
    }
  }

  depends_on = [aws_s3_bucket_policy.this]
}
