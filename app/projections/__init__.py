"""Views derived from purchases. One file each says which rows a purchase counts in; it is pure."""
