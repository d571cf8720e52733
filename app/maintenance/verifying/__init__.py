"""Checking everything against everything: each rule is a pure module over what was read; `run` reads and collects."""
