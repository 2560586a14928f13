"""The review of a report as pure functions: actions, candidates on keys, the order of the queue, the effort."""
