"""Published price lists turned into the units, models and modifiers of a policy."""
