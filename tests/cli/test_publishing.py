"""`docs`: what it writes, when it has nothing to write, and what it refuses."""

from cli.terminal import Terminal

PAGES = 7


def test_pages_are_written_once_and_checked_after(empty: Terminal) -> None:
    first = empty.run("docs @codeflicker --out site --lang zh")
    assert (first.code, first.out.splitlines()[-1]) == (0, f"{PAGES} pages, {PAGES} written")
    assert (empty.folder / "site/zh/faq.md").read_text().startswith("# 常见问题\n")
    assert empty.run("docs @codeflicker --out site --lang zh").out == f"{PAGES} pages, 0 written\n"
    assert empty.run("docs @codeflicker --out site --lang zh --check").code == 0


def test_a_page_that_differs_is_a_finding_and_stays_as_it_is(empty: Terminal) -> None:
    empty.run("docs @codeflicker@1 --out site --lang en")
    page = empty.folder / "site/en/plans.md"
    page.write_text("# ours\n")
    answer = empty.run("docs @codeflicker@1 --out site --lang en --check")
    assert (answer.code, answer.out) == (
        1,
        f"would change site/en/plans.md\n{PAGES} pages, 1 would change\n",
    )
    assert page.read_text() == "# ours\n"


def test_an_unknown_language_is_wrong_use(empty: Terminal) -> None:
    answer = empty.run("docs @codeflicker --lang en,fr")
    assert answer.code == 2
    assert "there is no language `fr`" in answer.err
    assert empty.run("docs @codeflicker --lang ,").code == 2
