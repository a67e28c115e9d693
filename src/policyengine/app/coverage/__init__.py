"""Coverage of policies: which facts scenarios exercise, and which changes of one they notice."""
