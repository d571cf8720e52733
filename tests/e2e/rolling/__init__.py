"""Two instances on one table behind a balancer, replaced one after the other under load."""
