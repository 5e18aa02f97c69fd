"""What stands on the sheets of each sample event, and who wrote it where."""
