# The projector behind the facts' stream, from the same image. See app/aws_lambda.py for what the mapping has to be.
resource "aws_lambda_function" "projector" {
  #checkov:skip=CKV_AWS_116:what is not counted goes to the queue of the stream's mapping
  #checkov:skip=CKV_AWS_272:images cannot be signed so; this one is named by its digest
  function_name = "${local.name}-projector"
  role          = aws_iam_role.this["projector"].arn
  package_type  = "Image"
  image_uri     = var.image
  timeout       = 120
  memory_size   = 1024
  kms_key_arn   = aws_kms_key.data.arn
  # One invocation for each shard at most; more than that would be somebody else's.
  reserved_concurrent_executions = var.projector_concurrency

  image_config {
    entry_point = ["/venv/bin/python", "-m", "awslambdaric"]
    command     = ["app.aws_lambda.handler"]
  }

  environment {
    variables = {
      for name, value in local.environment : name => value
      # Lambda sets the region itself, and the projector knows no callers.
      if !contains(["AWS_REGION", "AUTH_ISSUER", "AUTH_AUDIENCE", "TRUSTED_PROXIES", "VAULT_TABLE", "VAULT_KMS_KEY"], name)
    }
  }

  vpc_config {
    subnet_ids         = aws_subnet.private[*].id
    security_group_ids = [aws_security_group.tasks.id]
  }

  tracing_config {
    mode = "PassThrough"
  }

  logging_config {
    log_format = "JSON"
    log_group  = aws_cloudwatch_log_group.this["projector"].name
  }
}

resource "aws_lambda_event_source_mapping" "projector" {
  event_source_arn  = aws_dynamodb_table.this["facts"].stream_arn
  function_name     = aws_lambda_function.projector.arn
  starting_position = "TRIM_HORIZON"

  batch_size                         = 1000
  maximum_batching_window_in_seconds = 1
  parallelization_factor             = 1
  # Only then does Lambda name the shard.
  tumbling_window_in_seconds = 60
  function_response_types    = ["ReportBatchItemFailures"]
  # The projector parks what it cannot count by itself. What still fails is halved, and tried for as long as the stream
  # can be relied on to have it: then its place goes to the queue, an alarm follows, and a rebuild heals.
  bisect_batch_on_function_error = true
  maximum_retry_attempts         = -1
  maximum_record_age_in_seconds  = 82800

  # Of the facts, those that are counted.
  filter_criteria {
    filter {
      pattern = jsonencode({ dynamodb = { Keys = { SK = { S = [{ prefix = "TRANSACTION#" }] } } } })
    }
    filter {
      pattern = jsonencode({ dynamodb = { Keys = { SK = { S = [{ prefix = "LEDGER#" }] } } } })
    }
  }

  destination_config {
    on_failure {
      destination_arn = aws_sqs_queue.this["projector"].arn
    }
  }
}

resource "aws_sqs_queue" "this" {
  for_each = toset(["projector", "jobs"])

  name                      = "${local.name}-${each.key}-failed"
  message_retention_seconds = 1209600
  kms_master_key_id         = aws_kms_key.data.arn
}
