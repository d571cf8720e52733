"""Views derived from purchases and ledger entries. One file each says which rows a purchase counts in; it is pure."""
