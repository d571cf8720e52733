"""The parts of the floor: one file for each work, and the calls that they make."""
