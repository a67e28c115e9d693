"""What all tests share: property tests run the same examples everywhere, without a clock."""

from hypothesis import HealthCheck, settings

# Derandomised: a red run is red on every machine. `tools/soak` looks for new examples.
settings.register_profile(
    "house",
    derandomize=True,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("house")
