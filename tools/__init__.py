"""What a developer runs on the house itself; nothing here is part of the product."""
