# One key for what is recorded, one for the vault, one for logs and copies: whoever may use one may not use the others.
data "aws_iam_policy_document" "key" {
  #checkov:skip=CKV_AWS_109:in a key's own policy the resource is this key
  #checkov:skip=CKV_AWS_111:in a key's own policy the resource is this key
  #checkov:skip=CKV_AWS_356:in a key's own policy the resource is this key
  for_each = { data = [], vault = [], logs = ["logs.${var.region}.amazonaws.com", "cloudtrail.amazonaws.com", "delivery.logs.amazonaws.com", "cloudwatch.amazonaws.com"] }

  # IAM decides who may use it; without this nobody could manage it.
  statement {
    sid       = "Account"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account}:root"]
    }
  }

  dynamic "statement" {
    for_each = length(each.value) == 0 ? [] : [each.value]
    content {
      sid       = "Services"
      actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
      resources = ["*"]
      principals {
        type        = "Service"
        identifiers = statement.value
      }
      condition {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [local.account]
      }
    }
  }
}

resource "aws_kms_key" "data" {
  description             = "${local.name}: purchases, ledger, views, queues"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.key["data"].json
}

resource "aws_kms_key" "vault" {
  description             = "${local.name}: the vault, its table and its data keys"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.key["vault"].json
}

resource "aws_kms_key" "logs" {
  description             = "${local.name}: logs and copies"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.key["logs"].json
}

resource "aws_kms_alias" "this" {
  for_each = { data = aws_kms_key.data.key_id, vault = aws_kms_key.vault.key_id, logs = aws_kms_key.logs.key_id }

  name          = "alias/${local.name}-${each.key}"
  target_key_id = each.value
}

# Secrets of the service; their values are put in by hand or by another tool, never by Terraform, whose state would keep them.
resource "aws_secretsmanager_secret" "this" {
  #checkov:skip=CKV2_AWS_57:the key of pseudonyms must never change, and cursors' keys change by adding one in front
  for_each = toset(local.secrets)

  name                    = "${local.name}/${each.key}"
  description             = "The setting ${each.key}"
  kms_key_id              = aws_kms_key.data.arn
  recovery_window_in_days = 30
}
