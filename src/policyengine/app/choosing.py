"""The policy that somebody names: by file, by folder, by name, with `@2` for a version."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from policyengine.app.policies import PolicyError, usable_policies
from policyengine.app.starter import policy_folder
from policyengine.policy.policy import Policy

_VERSION: Final = re.compile(r"(?P<name>.+)@(?P<number>[0-9]{1,7})")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The version that was asked for, and every version that stands beside it, drafts included."""

    policy: Policy
    versions: tuple[Policy, ...]


def chosen_policy(asked: str, home: Path) -> Chosen:
    """Find a policy version.

    Takes: a file; or a folder with the versions of one policy, the name of a policy in `home`, or
    that of a packaged one behind `@`, each with `@` and a number for a version. Without a number it
    is the newest that is published, or the newest draft where none is.
    Raises: PolicyError where it is not there or has errors; ValueError for an unknown packaged one.
    """
    match = _VERSION.fullmatch(asked)
    name, number = (asked, 0) if match is None else (match["name"], int(match["number"]))
    if number and Path(asked).exists():
        name, number = asked, 0
    place = policy_folder(name)
    if not place.exists():
        beside = home / name
        if not beside.is_dir():
            raise PolicyError(f"there is no file or folder `{name}`, and no policy `{beside}`")
        place = beside
    loaded = usable_policies([place]).loaded
    versions = sorted(
        (each.policy for each in loaded if each.policy is not None), key=lambda each: each.version
    )
    names = sorted({each.name for each in versions})
    if len(names) > 1:
        raise PolicyError(f"`{place}` has several policies, say which: {', '.join(names)}")
    return Chosen(_picked(versions, number), tuple(versions))


def _picked(versions: list[Policy], number: int) -> Policy:
    if number:
        found = next((each for each in versions if each.version == number), None)
        if found is None:
            known = ", ".join(str(each.version) for each in versions)
            raise PolicyError(f"`{versions[0].name}` has no version {number}: {known}")
        return found
    published = [each for each in versions if each.document.status == "published"]
    return (published or versions)[-1]
