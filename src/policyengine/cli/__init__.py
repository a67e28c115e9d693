"""Floor 5: the command `policyengine`: words in, words out."""
