# Only with capacity_mode = "provisioned": each table and each index follows its load, reads and writes apart.
locals {
  scaled = var.capacity_mode != "provisioned" ? {} : merge([
    for key, table in local.tables : merge(
      { for way in ["Read", "Write"] : "${key}/${way}" => { table = key, index = null, way = way } },
      { for pair in setproduct(try(table.GlobalSecondaryIndexes[*].IndexName, []), ["Read", "Write"]) :
        "${key}/${pair[0]}/${pair[1]}" => { table = key, index = pair[0], way = pair[1] }
      }
    )
  ]...)
}

resource "aws_appautoscaling_target" "units" {
  for_each = local.scaled

  service_namespace  = "dynamodb"
  resource_id        = join("/", compact(["table", aws_dynamodb_table.this[each.value.table].name, each.value.index == null ? "" : "index", each.value.index]))
  scalable_dimension = "dynamodb:${each.value.index == null ? "table" : "index"}:${each.value.way}CapacityUnits"
  min_capacity       = each.value.way == "Read" ? var.provisioned_units.min_read : var.provisioned_units.min_write
  max_capacity       = each.value.way == "Read" ? var.provisioned_units.max_read : var.provisioned_units.max_write
}

resource "aws_appautoscaling_policy" "units" {
  for_each = local.scaled

  name               = "utilization"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.units[each.key].service_namespace
  resource_id        = aws_appautoscaling_target.units[each.key].resource_id
  scalable_dimension = aws_appautoscaling_target.units[each.key].scalable_dimension

  target_tracking_scaling_policy_configuration {
    target_value = var.provisioned_units.target
    predefined_metric_specification {
      predefined_metric_type = "DynamoDB${each.value.way}CapacityUtilization"
    }
  }
}
