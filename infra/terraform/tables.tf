# Keys, indexes and streams come from the code (tables.json); how the data is kept safe is said here.
resource "aws_dynamodb_table" "this" {
  for_each = local.tables

  name         = "${local.name}-${each.value.TableName}"
  billing_mode = var.capacity_mode == "provisioned" ? "PROVISIONED" : "PAY_PER_REQUEST"
  hash_key     = one([for key in each.value.KeySchema : key.AttributeName if key.KeyType == "HASH"])
  range_key    = one([for key in each.value.KeySchema : key.AttributeName if key.KeyType == "RANGE"])

  read_capacity  = var.capacity_mode == "provisioned" ? var.provisioned_units.min_read : null
  write_capacity = var.capacity_mode == "provisioned" ? var.provisioned_units.min_write : null

  stream_enabled   = try(each.value.StreamSpecification.StreamEnabled, false)
  stream_view_type = try(each.value.StreamSpecification.StreamViewType, null)

  dynamic "attribute" {
    for_each = each.value.AttributeDefinitions
    content {
      name = attribute.value.AttributeName
      type = attribute.value.AttributeType
    }
  }

  dynamic "global_secondary_index" {
    for_each = try(each.value.GlobalSecondaryIndexes, [])
    iterator = index
    content {
      name               = index.value.IndexName
      hash_key           = one([for key in index.value.KeySchema : key.AttributeName if key.KeyType == "HASH"])
      range_key          = one([for key in index.value.KeySchema : key.AttributeName if key.KeyType == "RANGE"])
      projection_type    = index.value.Projection.ProjectionType
      non_key_attributes = try(index.value.Projection.NonKeyAttributes, null)
      read_capacity      = var.capacity_mode == "provisioned" ? var.provisioned_units.min_read : null
      write_capacity     = var.capacity_mode == "provisioned" ? var.provisioned_units.min_write : null
    }
  }

  dynamic "ttl" {
    for_each = each.value.TimeToLive == null ? [] : [each.value.TimeToLive]
    content {
      enabled        = true
      attribute_name = ttl.value
    }
  }

  # Views too: a rebuild takes longer than a restore.
  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = each.key == "vault" ? aws_kms_key.vault.arn : aws_kms_key.data.arn
  }

  deletion_protection_enabled = var.deletion_protection

  lifecycle {
    # Auto scaling changes them.
    ignore_changes = [read_capacity, write_capacity]
  }
}
