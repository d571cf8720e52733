"""The `kickbacks` command: one file for each subcommand."""
