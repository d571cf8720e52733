resource "aws_sns_topic" "alarms" {
  name              = "${local.name}-alarms"
  kms_master_key_id = aws_kms_key.logs.arn
}

data "aws_iam_policy_document" "alarms" {
  statement {
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.alarms.arn]
    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com", "events.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

resource "aws_sns_topic_policy" "alarms" {
  arn    = aws_sns_topic.alarms.arn
  policy = data.aws_iam_policy_document.alarms.json
}

resource "aws_sns_topic_subscription" "email" {
  count = var.alarm_email == "" ? 0 : 1

  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = var.alarm_email
}

locals {
  projector_dimensions = { FunctionName = aws_lambda_function.projector.function_name }
  balancer_dimensions  = { LoadBalancer = aws_lb.this.arn_suffix }
  target_dimensions    = { LoadBalancer = aws_lb.this.arn_suffix, TargetGroup = aws_lb_target_group.api.arn_suffix }
  service_dimensions   = { ClusterName = aws_ecs_cluster.this.name, ServiceName = aws_ecs_service.api.name }

  # Each has an entry of its name in docs/runbook.md.
  alarms = merge({
    errors-5xx       = { namespace = "AWS/ApplicationELB", metric = "HTTPCode_Target_5XX_Count", dimensions = local.target_dimensions, statistic = "Sum", threshold = 20, periods = 2 }
    unhealthy-tasks  = { namespace = "AWS/ApplicationELB", metric = "UnHealthyHostCount", dimensions = local.target_dimensions, statistic = "Maximum", threshold = 0, periods = 3 }
    slow-answers     = { namespace = "AWS/ApplicationELB", metric = "TargetResponseTime", dimensions = local.target_dimensions, statistic = "p99", threshold = 1, periods = 5 }
    rejected         = { namespace = "AWS/ApplicationELB", metric = "RejectedConnectionCount", dimensions = local.balancer_dimensions, statistic = "Sum", threshold = 0, periods = 2 }
    busy-tasks       = { namespace = "AWS/ECS", metric = "CPUUtilization", dimensions = local.service_dimensions, statistic = "Average", threshold = 80, periods = 10 }
    projector-late   = { namespace = "AWS/Lambda", metric = "IteratorAge", dimensions = local.projector_dimensions, statistic = "Maximum", threshold = 60000, periods = 3 }
    projector-errors = { namespace = "AWS/Lambda", metric = "Errors", dimensions = local.projector_dimensions, statistic = "Sum", threshold = 5, periods = 3 }
    projector-held   = { namespace = "AWS/Lambda", metric = "Throttles", dimensions = local.projector_dimensions, statistic = "Sum", threshold = 0, periods = 3 }
    }, {
    for key, queue in aws_sqs_queue.this : "${key}-failed" => {
      namespace = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", dimensions = { QueueName = queue.name }, statistic = "Maximum", threshold = 0, periods = 1
    }
    }, merge([
      for key, table in aws_dynamodb_table.this : {
        for way in ["Read", "Write"] : "${key}-${lower(way)}s-throttled" => {
          namespace = "AWS/DynamoDB", metric = "${way}ThrottleEvents", dimensions = { TableName = table.name }, statistic = "Sum", threshold = 50, periods = 3
        }
      }
  ]...))
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${local.name}-${each.key}"
  alarm_description   = "docs/runbook.md#${each.key}"
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = startswith(each.value.statistic, "p") ? null : each.value.statistic
  extended_statistic  = startswith(each.value.statistic, "p") ? each.value.statistic : null
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  period              = 60
  evaluation_periods  = each.value.periods
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}
