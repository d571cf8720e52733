output "balancer" {
  description = "The host name to point the service's own name at."
  value       = aws_lb.this.dns_name
}

output "repository" {
  description = "Where to push the image."
  value       = aws_ecr_repository.this.repository_url
}

output "secrets" {
  description = "Secrets that need a value before the first task can start."
  value       = { for name, secret in aws_secretsmanager_secret.this : name => secret.arn }
}

output "tables" {
  description = "The tables' names."
  value       = { for key, table in aws_dynamodb_table.this : key => table.name }
}

output "roles" {
  description = "The roles of the service, its jobs and the projector."
  value       = { for key, role in aws_iam_role.this : key => role.arn }
}
