"""What a policy says in plain words: sentences as data, and a catalogue of texts per language."""
