"""What there is to say: the sentences of a policy, subject by subject."""
