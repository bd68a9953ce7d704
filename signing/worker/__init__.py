"""The clock's door: sends the outbox, rolls up the counts, deletes what has had its time."""
