"""The files of the pages for users, by their paths, in each language that is asked for."""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from policyengine.app.choosing import Chosen
from policyengine.app.pages.blocks import markdown
from policyengine.app.pages.contents import PAGES, changelog, index, page
from policyengine.wording.languages import LANGUAGES


def site_files(chosen: Chosen, languages: Sequence[str]) -> Mapping[PurePosixPath, str]:
    """Write the pages of a policy version; the changelog has every version that is published.

    Takes: codes of languages, each a key of `LANGUAGES`.
    """
    policy = chosen.policy
    published = [each for each in chosen.versions if each.document.status == "published"]
    contents = {"index": index(policy)}
    contents |= {key: page(policy, key) for key in PAGES}
    contents["changelog"] = changelog(published or [policy])
    return {
        PurePosixPath(code) / f"{key}.md": markdown(blocks, LANGUAGES[code])
        for code in languages
        for key, blocks in contents.items()
    }
