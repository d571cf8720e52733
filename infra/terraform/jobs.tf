# What ends by itself: each as a task of its own, under a role of its own. Those without a schedule are run by hand
# (`aws ecs run-task`), the vault's with another command: see docs/runbook.md.
locals {
  jobs = {
    expire  = { command = ["kickbacks", "expire"], schedule = "cron(15 0 * * ? *)" } # books what was due by midnight
    seal    = { command = ["kickbacks", "seal"], schedule = "rate(15 minutes)" }     # seals the audit trail
    verify  = { command = ["kickbacks", "verify", "--passes", "8"], schedule = "cron(30 2 * * ? *)" }
    rebuild = { command = ["kickbacks", "rebuild"], schedule = null }
    vault   = { command = ["kickbacks", "vault", "status"], schedule = null }
  }
}

resource "aws_ecs_task_definition" "job" {
  for_each = local.jobs

  family                   = "${local.name}-${each.key}"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 1024
  memory                   = 2048
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.this[each.key].arn

  container_definitions = jsonencode([merge(local.container, { name = each.key, command = each.value.command })])

  volume {
    name = "tmp"
  }
}

resource "aws_scheduler_schedule" "job" {
  for_each = { for key, job in local.jobs : key => job if job.schedule != null }

  name                         = "${local.name}-${each.key}"
  schedule_expression          = each.value.schedule
  schedule_expression_timezone = lookup(var.settings, "BUSINESS_TIMEZONE", "Asia/Tokyo")
  kms_key_arn                  = aws_kms_key.data.arn

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_ecs_cluster.this.arn
    role_arn = aws_iam_role.scheduler.arn

    ecs_parameters {
      task_definition_arn = aws_ecs_task_definition.job[each.key].arn
      launch_type         = "FARGATE"
      network_configuration {
        subnets          = aws_subnet.private[*].id
        security_groups  = [aws_security_group.tasks.id]
        assign_public_ip = false
      }
    }

    retry_policy {
      maximum_retry_attempts       = 3
      maximum_event_age_in_seconds = 3600
    }

    dead_letter_config {
      arn = aws_sqs_queue.this["jobs"].arn
    }
  }
}

# A job that ended with an error says so by its exit code, which nobody reads: this turns it into an alarm.
resource "aws_cloudwatch_event_rule" "job_failed" {
  name        = "${local.name}-job-failed"
  description = "A job's task ended with an error"
  event_pattern = jsonencode({
    source      = ["aws.ecs"]
    detail-type = ["ECS Task State Change"]
    detail = {
      clusterArn        = [aws_ecs_cluster.this.arn]
      lastStatus        = ["STOPPED"]
      taskDefinitionArn = [for job in aws_ecs_task_definition.job : { prefix = "${job.arn_without_revision}:" }]
      containers        = { exitCode = [{ "anything-but" = [0] }] }
    }
  })
}

resource "aws_cloudwatch_event_target" "job_failed" {
  rule = aws_cloudwatch_event_rule.job_failed.name
  arn  = aws_sns_topic.alarms.arn
}
