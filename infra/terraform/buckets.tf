# Copies of the facts for analysis and for the years that they have to be kept, and the logs of the balancer and the trail.
locals {
  buckets = toset(["exports", "logs"])
  log_writers = {
    balancer = { service = "logdelivery.elasticloadbalancing.amazonaws.com", prefix = "balancer/AWSLogs/${local.account}/" }
    trail    = { service = "cloudtrail.amazonaws.com", prefix = "trail/AWSLogs/${local.account}/" }
    exports  = { service = "logging.s3.amazonaws.com", prefix = "exports/" }
  }
}

resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV2_AWS_62:nobody waits for an object
  #checkov:skip=CKV_AWS_144:tables can be restored from their own backups; a second region is another installation
  #checkov:skip=CKV_AWS_18:the bucket of logs would log itself
  #checkov:skip=CKV2_AWS_6:public access is blocked for both below
  #checkov:skip=CKV_AWS_21:both have versions, see below
  #checkov:skip=CKV_AWS_145:copies are under our own key; the balancer can write its logs only under Amazon's
  for_each = local.buckets

  bucket        = "${local.name}-${each.key}-${local.account}"
  force_destroy = !var.deletion_protection
}

resource "aws_s3_bucket_public_access_block" "this" {
  for_each = local.buckets

  bucket                  = aws_s3_bucket.this[each.key].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  for_each = local.buckets

  bucket = aws_s3_bucket.this[each.key].id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "this" {
  for_each = local.buckets

  bucket = aws_s3_bucket.this[each.key].id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = local.buckets

  bucket = aws_s3_bucket.this[each.key].id
  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      # The balancer can write its logs under Amazon's own key only.
      sse_algorithm     = each.key == "logs" ? "AES256" : "aws:kms"
      kms_master_key_id = each.key == "logs" ? null : aws_kms_key.logs.arn
    }
  }
}

resource "aws_s3_bucket_logging" "exports" {
  bucket        = aws_s3_bucket.this["exports"].id
  target_bucket = aws_s3_bucket.this["logs"].id
  target_prefix = "exports/"
  depends_on    = [aws_s3_bucket_policy.this]
}

resource "aws_s3_bucket_lifecycle_configuration" "exports" {
  #checkov:skip=CKV_AWS_300:every rule has it
  bucket = aws_s3_bucket.this["exports"].id

  dynamic "rule" {
    for_each = local.lifecycles
    content {
      id     = rule.key
      status = "Enabled"
      filter {
        prefix = rule.value.prefix
      }
      transition {
        days          = rule.value.warm
        storage_class = "GLACIER_IR"
      }
      transition {
        days          = rule.value.cold
        storage_class = "DEEP_ARCHIVE"
      }
      dynamic "expiration" {
        for_each = rule.value.expires == 0 ? [] : [rule.value.expires]
        content {
          days = expiration.value
        }
      }
      noncurrent_version_expiration {
        noncurrent_days = 90
      }
      abort_incomplete_multipart_upload {
        days_after_initiation = 7
      }
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "logs" {
  bucket = aws_s3_bucket.this["logs"].id

  rule {
    id     = "logs"
    status = "Enabled"
    filter {}
    transition {
      days          = 30
      storage_class = "GLACIER_IR"
    }
    expiration {
      days = 2555
    }
    noncurrent_version_expiration {
      noncurrent_days = 90
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}

data "aws_iam_policy_document" "bucket" {
  for_each = local.buckets

  statement {
    sid       = "OnlyTls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.this[each.key].arn, "${aws_s3_bucket.this[each.key].arn}/*"]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }

  dynamic "statement" {
    for_each = each.key == "logs" ? local.log_writers : {}
    content {
      sid       = "Write${title(statement.key)}"
      actions   = ["s3:PutObject"]
      resources = ["${aws_s3_bucket.this[each.key].arn}/${statement.value.prefix}*"]
      principals {
        type        = "Service"
        identifiers = [statement.value.service]
      }
      condition {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [local.account]
      }
    }
  }

  dynamic "statement" {
    for_each = each.key == "logs" ? [1] : []
    content {
      sid       = "TrailLooks"
      actions   = ["s3:GetBucketAcl"]
      resources = [aws_s3_bucket.this[each.key].arn]
      principals {
        type        = "Service"
        identifiers = ["cloudtrail.amazonaws.com"]
      }
      condition {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [local.account]
      }
    }
  }
}

resource "aws_s3_bucket_policy" "this" {
  for_each = local.buckets

  bucket     = aws_s3_bucket.this[each.key].id
  policy     = data.aws_iam_policy_document.bucket[each.key].json
  depends_on = [aws_s3_bucket_public_access_block.this]
}
