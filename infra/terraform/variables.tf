variable "region" {
  description = "Where everything is made."
  type        = string
  default     = "ap-northeast-1"
}

variable "name" {
  description = "What every resource's name begins with."
  type        = string
  default     = "kickbacks"
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,20}$", var.name))
    error_message = "Lower-case letters, digits and hyphens, at most 21 characters."
  }
}

variable "env" {
  description = "Which of several installations this is; a tag, and part of names."
  type        = string
  default     = "prod"
  validation {
    condition     = can(regex("^[a-z0-9]{1,8}$", var.env))
    error_message = "Lower-case letters and digits, at most 8 characters."
  }
}

variable "image" {
  description = "The service's image by digest (registry/repository@sha256:...), in the registry of this account and region."
  type        = string
  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.image))
    error_message = "An image is named by its digest: a tag can be moved."
  }
}

variable "certificate_arn" {
  description = "The certificate of the load balancer's host name, in AWS Certificate Manager."
  type        = string
}

variable "auth_issuer" {
  description = "The OpenID Connect issuer whose tokens callers show."
  type        = string
}

variable "auth_audience" {
  description = "What the tokens' aud must name."
  type        = string
}

variable "issuer_outside" {
  description = "Whether the issuer's keys have to be fetched over the internet: makes a NAT gateway for HTTPS. Without it nothing leaves the network."
  type        = bool
  default     = false
}

variable "settings" {
  description = "Further settings of the service, by the names of docs/settings.md. No secrets: those are secrets_arn's."
  type        = map(string)
  default     = {}
}

variable "capacity_mode" {
  description = "on_demand, or provisioned with auto scaling."
  type        = string
  default     = "on_demand"
  validation {
    condition     = contains(["on_demand", "provisioned"], var.capacity_mode)
    error_message = "on_demand or provisioned."
  }
}

variable "provisioned_units" {
  description = "With capacity_mode provisioned: least and most read and write units of each table and index, and the share of them in use that scaling aims at."
  type = object({
    min_read  = optional(number, 25)
    max_read  = optional(number, 4000)
    min_write = optional(number, 25)
    max_write = optional(number, 4000)
    target    = optional(number, 70)
  })
  default = {}
}

variable "tasks" {
  description = "The API's tasks: how many, and how large (1024 CPU units are one vCPU, memory in MiB)."
  type = object({
    min    = optional(number, 2)
    max    = optional(number, 20)
    cpu    = optional(number, 1024)
    memory = optional(number, 2048)
  })
  default = {}
}

variable "requests_per_task" {
  description = "Requests a minute of one task that scaling aims at."
  type        = number
  default     = 12000
}

variable "requests_per_address" {
  description = "Requests in five minutes from one address, over all tasks, above which the firewall blocks it."
  type        = number
  default     = 60000
}

variable "alarm_email" {
  description = "Who is told of alarms, beside whoever subscribes to the topic. Empty: nobody by mail."
  type        = string
  default     = ""
}

variable "allowed_cidrs" {
  description = "Addresses that may reach the load balancer."
  type        = list(string)
  default     = ["0.0.0.0/0"]
}

variable "vpc_cidr" {
  description = "Addresses of the network."
  type        = string
  default     = "10.20.0.0/16"
}

variable "zones" {
  description = "Availability zones of the region over which the network is spread, two or more."
  type        = list(string)
  default     = ["ap-northeast-1a", "ap-northeast-1c"]
  validation {
    condition     = length(var.zones) >= 2 && length(var.zones) <= 6
    error_message = "Two to six zones."
  }
}

variable "deletion_protection" {
  description = "Keeps tables, bucket and load balancer from being removed by Terraform."
  type        = bool
  default     = true
}

variable "projector_concurrency" {
  description = "Invocations of the projector at once: at least the shards of the facts' stream, one for each partition of the table."
  type        = number
  default     = 50
}
