"""Simulations: recorded usage under an old and a new policy, wallet by wallet, and what changes."""
