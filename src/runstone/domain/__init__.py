"""Types, rules and laws of Runstone. Pure: no I/O, no framework, no clock."""
