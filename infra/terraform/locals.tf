data "aws_caller_identity" "this" {}
data "aws_partition" "this" {}

locals {
  name = "${var.name}-${var.env}"
  tags = { system = "kickbacks", env = var.env }

  account   = data.aws_caller_identity.this.account_id
  partition = data.aws_partition.this.partition

  # Written from the code: the tables that the service is made for, and the actions that it calls.
  tables      = jsondecode(file("${path.module}/tables.json"))
  permissions = jsondecode(file("${path.module}/permissions.json"))

  # How long copies are kept: days until a copy moves on, and until it goes.
  lifecycles = {
    facts     = { prefix = "facts/", warm = 90, cold = 365, expires = 3650 }      # payment events, 10 years
    balances  = { prefix = "balances/", warm = 365, cold = 730, expires = 0 }     # balance snapshots, for ever
    audit     = { prefix = "audit/", warm = 30, cold = 365, expires = 2555 }      # audit logs, 7 years
    analytics = { prefix = "analytics/", warm = 180, cold = 365, expires = 1825 } # analytics, 5 years
  }

  environment = merge({
    ENVIRONMENT   = "production"
    AWS_REGION    = var.region
    FACTS_TABLE   = aws_dynamodb_table.this["facts"].name
    VIEWS_TABLE   = aws_dynamodb_table.this["views"].name
    VAULT_TABLE   = aws_dynamodb_table.this["vault"].name
    VAULT_KMS_KEY = aws_kms_key.vault.arn
    AUTH_ISSUER   = var.auth_issuer
    AUTH_AUDIENCE = var.auth_audience
    PROJECTOR     = "outside"
    # The load balancer adds one address to X-Forwarded-For.
    TRUSTED_PROXIES = "1"
  }, var.settings)
  secrets = ["CURSOR_KEYS", "PSEUDONYM_KEY"]
}
