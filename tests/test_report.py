"""The morning report: what it says, that it says it safely, and that a browser shows it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner
from markdown_it import MarkdownIt
from night_samples import FOLDER, HOSTILE, PLAN, attempt, hole, hostile_night, large_night, night

from prover.batch.heart import held
from prover.batch.records import HoleStatus, LemmaRecord, Session
from prover.batch.report.curves import curves_of
from prover.batch.report.figures import Report, report_of
from prover.batch.report.page import as_html
from prover.batch.report.plain import as_json, as_markdown
from prover.batch.report.words import seen
from prover.batch.store import NightStore
from prover.cli.main import command
from prover.lean.source import parse_source
from prover.proving import Job

OPEN, PROVED, FALSE, CONDITIONAL = (
    HoleStatus.OPEN,
    HoleStatus.PROVED,
    HoleStatus.FALSE,
    HoleStatus.CONDITIONAL,
)


class Page(HTMLParser):
    """The elements of a page and its text, checked for balance."""

    VOID = frozenset(("meta", "input", "br", "link", "img"))

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._stack: list[str] = []
        self.feed(text)
        self.close()
        assert not self._stack, f"left open: {self._stack}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._stack.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).split())


def small() -> Report:
    """One hole of each kind, the open one with two attempts and a lemma that helped."""
    holes = [
        hole(1, "A.done", PROVED, lemmas=(1,)),
        hole(2, "A.near", OPEN),
        hole(3, "A.wrong", FALSE),
        hole(4, "A.waits", CONDITIONAL, proof="exact near", needs=("A.near",)),
        hole(5, "B.data", HoleStatus.INVALID, FOLDER / "B.lean", message="it stands for data"),
        hole(6, "A.deadly", HoleStatus.ASIDE, message="its worker died three times"),
        hole(7, "A.spent", OPEN),
    ]
    attempts = [
        attempt(1, 1, 1, 5.0, PROVED),
        attempt(2, 2, 1, 9.0, OPEN, goals=("⊢ a", "⊢ b")),
        attempt(3, 3, 1, 11.0, FALSE),
        attempt(4, 7, 1, 12.0, OPEN, stop="nothing left to try", partial=None, goals=("⊢ c",)),
        attempt(5, 4, 1, 13.0, CONDITIONAL),
        attempt(6, 2, 2, 20.0, OPEN, goals=("⊢ b",), policy="api:m", tokens=900, usd=0.5),
    ]
    lemmas = [
        LemmaRecord(1, 2, "near_step", "goal", "x = x", (1,)),
        LemmaRecord(2, 1, "other", "goal", "y", ()),
    ]
    return report_of(night(holes, attempts, lemmas), at_work=False)


# -- what it says ------------------------------------------------------------------------------------------


def test_the_figures_of_a_night() -> None:
    report = small()
    assert report.counts[PROVED] == 1
    assert report.state == "ended: the time is up"
    (near,) = [view for view in report.holes if view.record.name == "A.near"]
    assert near.place == "Theory/Lists.lean:20:3"
    assert near.goals == ("⊢ b",)
    assert near.why == "the budget was used up after 48 tactics in 2 attempts"
    assert [failure.reason for tried in near.tried for failure in tried.failures] == ["tactic", "timeout"]
    assert [(row.policy, row.attempts, row.proved, row.usd) for row in report.models] == [
        ("api:m", 1, 0, 0.5),
        ("fixed", 5, 1, 0.0),
    ]
    assert [(lemma.record.name, lemma.helped) for lemma in report.lemmas] == [
        ("near_step", ("A.done",)),
        ("other", ()),
    ]


def test_the_next_hour_goes_where_most_is_to_be_had() -> None:
    first, *others = small().advice
    assert first.name == "A.near"
    assert first.tactics == 64
    assert first.in_time
    assert first.seconds == pytest.approx(64 / 4, rel=0.7)
    assert "one goal is left" in first.reasons
    assert "the proof of A.waits waits for it" in first.reasons
    assert {each.name: each.tactics for each in others} == {"A.spent": 0, "A.deadly": 0}
    assert "another policy" in next(each.todo for each in others if each.name == "A.spent")


def test_an_hour_has_an_end() -> None:
    holes = [hole(number, f"h{number}", OPEN) for number in range(1, 9)]
    attempts = [
        attempt(number, number, 9, 900.0 * number, OPEN, seconds=900.0, tactics=4096, budget=4096)
        for number in range(1, 9)
    ]
    advice = report_of(night(holes, attempts), at_work=True).advice
    assert [each.in_time for each in advice] == [True] * 4 + [False] * 4  # two workers, half an hour each


def test_curves_rise_to_what_was_solved() -> None:
    report = report_of(large_night(60), at_work=False)
    time, tactics, usd = curves_of(report.curve, report.total)
    for curve in (time, tactics, usd):
        assert curve.solved.count("V") > 10
        heights = [float(height) for height in re.findall(r"V([\d.]+)", curve.solved)]
        assert heights == sorted(heights, reverse=True)
        assert all(curve.left <= tick.at <= curve.right for tick in curve.x_ticks)
        assert all(curve.top <= tick.at <= curve.bottom for tick in curve.y_ticks)
        assert f"{report.counts[PROVED]} of 60 solved" in curve.summary
    assert curves_of((), 5) == []


def test_json_has_all_of_it() -> None:
    told = json.loads(as_json(small()))
    assert told["counts"]["proved"] == 1
    wrong = next(each for each in told["holes"] if each["theorem"] == "A.wrong")
    assert wrong["counterexample"] == "xs = cons 0 nil, ys = cons 1 nil"
    near = next(each for each in told["holes"] if each["theorem"] == "A.near")
    assert near["goals"] == ["⊢ b"]
    assert len(near["attempts"]) == 2
    assert told["next_hour"][0]["theorem"] == "A.near"
    assert told["curve"][-1]["solved"] == 1


def test_markdown_fits_in_a_pull_request() -> None:
    text = as_markdown(report_of(large_night(420), at_work=False))
    assert len(text) <= 65_536
    assert "of 420 proved" in text
    assert re.search(r"… and \d+ more, in the page\.", text)
    assert text.count("<details>") == text.count("</details>")
    assert "## Open (4)" in as_markdown(small())


# -- the page ----------------------------------------------------------------------------------------------


def test_the_page_shows_each_hole_where_it_belongs() -> None:
    text = as_html(small())
    page = Page(text)
    ids = [attributes["id"] for _, attributes in page.elements if attributes.get("id")]
    assert len(ids) == len(set(ids))
    links = [attributes["href"] for tag, attributes in page.elements if tag == "a"]
    assert {link.removeprefix("#") for link in links if link} <= set(ids)
    assert {f"hole-{number}" for number in range(1, 8)} <= set(ids)
    assert "1 of 7 proved, 1 conditional, 1 false, 2 open, 1 set aside, 1 invalid" in page.text
    assert "Counterexample:xs = cons 0 nil, ys = cons 1 nil" in page.text
    assert "It stands for data" in page.text or "it stands for data" in page.text
    assert "Its proof uses A.near, which is open." in page.text
    assert "1 lemma helped other proofs." in page.text


def test_the_page_needs_nothing_from_elsewhere() -> None:
    page = Page(as_html(report_of(large_night(30), at_work=True)))
    assert {tag for tag, _ in page.elements} & {"link", "img", "iframe", "object", "base", "form"} == set()
    for tag, attributes in page.elements:
        assert not attributes.keys() & {"src", "srcset", "action", "data", "poster", "xlink:href"}, tag
        assert (attributes.get("href") or "#").startswith("#")
    policy = next(a["content"] for t, a in page.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none';")


def test_it_says_what_it_is_for_whoever_does_not_see_it() -> None:
    page = Page(as_html(small()))
    tags = [tag for tag, _ in page.elements]
    assert (tags.count("h1"), tags.count("main"), tags.count("nav")) == (1, 1, 1)
    assert next(a for t, a in page.elements if t == "html")["lang"] == "en"
    for tag, attributes in page.elements:
        if tag == "svg":
            assert attributes["role"] == "img"
            assert attributes["aria-labelledby"]
        if tag == "th":
            assert attributes["scope"] in ("col", "row")


def test_texts_from_outside_stay_texts() -> None:
    report = report_of(hostile_night(), at_work=False)
    plain = Page(as_html(small()))
    page = Page(as_html(report))
    assert {tag for tag, _ in page.elements} <= {tag for tag, _ in plain.elements} | {"br"}
    allowed = {name for _, attributes in plain.elements for name in attributes}
    assert {name for _, attributes in page.elements for name in attributes} <= allowed
    assert sum(tag in ("script", "style") for tag, _ in page.elements) == 2
    raw = "".join(page.texts)
    for text in HOSTILE:
        assert seen(text) in raw
    as_html(report).encode()  # no lone surrogates
    for written in (as_html(report), as_markdown(report)):
        assert not re.search(".{0,60}[\u202e\u0000\u200b\ud800].{0,9}", written)


def test_markdown_from_outside_stays_text() -> None:
    parser = MarkdownIt("commonmark").enable("table").enable("strikethrough")
    found = [
        token
        for block in parser.parse(as_markdown(report_of(hostile_night(), at_work=False)))
        for token in (block, *(block.children or ()))
    ]
    kinds = {token.type for token in found}
    markup = {"link_open", "image", "html_inline", "em_open", "s_open", "table_open", "hr", "blockquote_open"}
    assert not kinds & markup
    assert {token.tag for token in found if token.type == "heading_open"} == {"h1", "h2"}
    html = "".join(token.content for token in found if token.type == "html_block")
    assert set(re.findall(r"</?(\w+)", html)) == {"details", "summary"}
    words = "".join(token.content for token in found if token.type == "text")
    assert not re.search(r"@someone|#1|://", words)


def test_a_night_without_anything(tmp_path: Path) -> None:
    report = report_of(night([hole(1, "a", OPEN)], sessions=()), at_work=False)
    assert "0 of 1 proved" in Page(as_html(report)).text
    assert "nothing was tried yet" in as_markdown(report)
    json.loads(as_json(report))


def test_a_night_that_was_cut_off() -> None:
    killed = Session(1, 2, "2026-01-30T22:00:00+00:00", "", 60.0, "")
    report = report_of(night([hole(1, "a", OPEN)], sessions=(killed,)), at_work=False)
    assert "resume" in report.state
    assert "cut off" in Page(as_html(report)).text


# -- the command -------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A night that has been begun, and nothing more."""
    text = "theorem «<b>» : True := sorry\ntheorem two : 1 = 2 := sorry\n"
    source = parse_source(tmp_path / "A.lean", text.encode())
    with NightStore.create(tmp_path / "night", PLAN, [Job(source, source.theorems)]):
        pass
    return tmp_path / "night"


def test_the_command_writes_the_page_and_says_where(folder: Path) -> None:
    done = CliRunner().invoke(command, ["report", str(folder)])
    assert (done.exit_code, done.stdout.strip()) == (0, str(folder / "report.html"))
    assert "«<b>»" in "".join(Page((folder / "report.html").read_text(encoding="utf-8")).texts)
    told = CliRunner().invoke(command, ["report", str(folder), "--json"])
    assert json.loads(told.stdout)["total"] == 2
    assert "0 of 2 proved" in CliRunner().invoke(command, ["report", str(folder), "--markdown"]).stdout


def test_a_night_at_work_can_be_read(folder: Path) -> None:
    with held(folder), NightStore.open(folder) as store:
        store.begin_session(2)
        told = json.loads(CliRunner().invoke(command, ["report", str(folder), "--json"]).stdout)
    assert told["at_work"]
    assert told["state"].startswith("still at work")


def test_what_is_no_night_is_one_line(tmp_path: Path) -> None:
    done = CliRunner().invoke(command, ["report", str(tmp_path)])
    assert done.exit_code != 0
    assert "no night" in str(done.exception)


# -- in a browser ------------------------------------------------------------------------------------------

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def shown(page: Path, width: int, script: str = "") -> str:
    """The page as a browser has it after it ran its script, at a width of so many pixels."""
    assert CHROMIUM is not None
    options = ["--headless=new", "--no-sandbox", "--disable-gpu", f"--window-size={width},900", "--dump-dom"]
    done = subprocess.run(
        [CHROMIUM, *options, f"--user-data-dir={page.parent / 'profile'}", page.as_uri() + script],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    return done.stdout


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")
def test_a_browser_shows_it_and_runs_nothing_else(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    probe = "<p id=width></p><script>document.getElementById('width').textContent='ran'</script>"
    page.write_text(
        as_html(report_of(hostile_night(), at_work=False)).replace("</main>", f"{probe}</main>"),
        encoding="utf-8",
    )
    dom = shown(page, 390, "#hole-11")
    assert '<p id="width"></p>' in dom  # a script that is not the page's own
    assert 'class="tools" hidden' not in dom  # the page's own script
    assert re.search(r'<details id="hole-11"[^>]* open', dom)
