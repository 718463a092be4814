"""What the SQL backends share: named statements."""
