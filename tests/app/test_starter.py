"""What comes with the package is found, named and complete."""

from pathlib import Path

import pytest

from policyengine.app.starter import (
    packaged,
    packaged_policies,
    policy_folder,
    starter_files,
    templates,
)


def test_schemas_and_policies_are_found_in_a_checkout() -> None:
    assert (packaged("schemas") / "policy.schema.json").is_file()
    assert (packaged("policies") / "codeflicker" / "v1.yaml").is_file()
    with pytest.raises(FileNotFoundError, match="install it again"):
        packaged("nothing")


def test_a_packaged_policy_has_a_name_that_no_folder_has() -> None:
    assert "codeflicker" in packaged_policies()
    assert policy_folder("codeflicker") == Path("codeflicker")
    assert policy_folder("@codeflicker").is_dir()
    with pytest.raises(ValueError, match=r"there are .*`@codeflicker`"):
        policy_folder("@nothing")


COMMENTED = ("chat", "agent", "image", "team")


@pytest.mark.parametrize("template", [*COMMENTED, "codeflicker"])
def test_a_template_has_a_policy_scenarios_and_schemas_in_reading_order(template: str) -> None:
    paths = [path.as_posix() for path in starter_files(template)]
    assert template in templates()
    assert paths[0].startswith("schemas/")
    assert any(path.endswith("/v1.yaml") for path in paths)
    assert any("/scenarios/" in path for path in paths)
    assert not any(path.endswith(".txt") for path in paths)


def test_an_unknown_template_is_an_error() -> None:
    with pytest.raises(ValueError, match="there is no template `agents`"):
        starter_files("agents")


@pytest.mark.parametrize("template", COMMENTED)
def test_each_part_of_a_template_is_explained_beside_it(template: str) -> None:
    text = starter_files(template)[Path("policies/my_product/v1.yaml")].decode()
    paragraphs = text.strip().split("\n\n")
    assert len(paragraphs) > 12
    assert [each for each in paragraphs if "#" not in each] == []
