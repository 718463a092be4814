"""Bad input and bad luck: the page says so in place, and the rest of it lives on (issue 3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.e2e.conftest import WINDOW, faultless
from tests.e2e.hard_input import (
    FILM,
    FILM_BYTES,
    HIGHEST,
    LONG_KEY,
    LOWEST,
    NEEDLE,
    NUM_KEYS,
    NUM_LINES,
    NUM_STEPS,
    HardServer,
    attacking_files,
    key_of,
    line_of,
    long_values,
    sink,
    store_the_huge,
)
from tests.e2e.logged import signed_in_window
from tests.e2e.screen import drawn_lines

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

MARKUP = '"><img src=x onerror="document.title=1">'


@pytest.fixture(scope="module")
def hard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HardServer]:
    """A server with a project of hard runs."""
    served = HardServer(tmp_path_factory.mktemp("hard") / "data")
    try:
        for run in ("endless", "talks", "film", "many", "few"):
            served.begin(run)
        served.begin("named", MARKUP)
        keys = [key_of(number) for number in range(NUM_KEYS)]
        for row in (0, 1):
            served.log("many", row, [{key: n / (row + 1) for n, key in enumerate(keys)}])
        served.log("few", 0, [{LONG_KEY: 0.5**row, "loss": 1 / (row + 1)} for row in range(10)])
        film = {"_type": "video-file", "path": FILM, "size": FILM_BYTES, "format": "webm"}
        served.log("film", 0, [{"film": film}])
        for run in ("many", "few", "named"):
            served.finish(run)
        served.begin("empty")
        served.finish("empty")
        served.server.stop()
        store_the_huge(served, steps_run="endless", console_run="talks", film_run="film")
        served.start()
        yield served
    finally:
        served.server.kill()


@pytest.fixture(scope="module")
def hard_window(browser: Browser, hard: HardServer) -> Iterator[BrowserContext]:
    """A window on that server, in which the administrator is signed in."""
    context = signed_in_window(browser, hard.server, viewport=WINDOW)
    yield context
    context.close()


@pytest.fixture
def page(hard_window: BrowserContext, tmp_path: Path) -> Iterator[Page]:
    """A page of that window; anything that goes wrong in it fails the test."""
    with faultless(hard_window) as opened:
        yield opened
        opened.screenshot(path=str(tmp_path / "last.png"))


@contextmanager
def crashless(window: BrowserContext) -> Iterator[Page]:
    """A page that may log what the network did, but must not throw."""
    opened = window.new_page()
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    yield opened
    opened.close()
    assert problems == []


def chart_titled(page: Page, key: str) -> None:
    """The panel of a key is on the screen, and nothing makes the page wider than the window."""
    title = page.get_by_role("heading", name=key, exact=True)
    expect(title.first).to_be_visible()
    expect(title.first).to_have_attribute("title", key)
    fits(page)


def fits(page: Page) -> None:
    """Neither the page nor what is in it reaches beyond the window, unless it scrolls there."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


# A metric name of 500 characters


def test_a_name_of_500_characters_is_drawn_cut_and_told_whole(page: Page, hard: HardServer) -> None:
    assert len(LONG_KEY) == 500
    page.goto(f"{hard.project}?only=few")
    lines = drawn_lines(page, LONG_KEY, [10])
    assert lines["few"]["y"] == [0.5**row for row in range(10)]
    chart_titled(page, LONG_KEY)
    panel = page.locator(f'[data-testid="panel"][data-key="{LONG_KEY}"]')
    box = panel.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= WINDOW["width"]
    # Its tools are where they are on any chart.
    panel.hover()
    panel.get_by_role("button", name="Full screen").click()
    expect(page).to_have_url(re.compile("panel="))
    chart_titled(page, LONG_KEY)

    page.goto(hard.run("few") + "/overview")
    expect(page.get_by_text(LONG_KEY.rpartition("/")[2], exact=False).first).to_be_visible()
    fits(page)


def test_a_name_of_500_characters_heads_a_column_and_a_row(page: Page, hard: HardServer) -> None:
    page.goto(f"{hard.project}/table?cols=summary.{LONG_KEY}")
    header = page.get_by_role("columnheader").filter(has_text="_of_a_long_name")
    expect(header).to_be_visible()
    box = header.bounding_box()
    assert box is not None
    assert box["width"] <= 600
    expect(page.get_by_test_id("table-row").filter(has_text="few")).to_contain_text("0.001953")
    fits(page)

    page.goto(f"{hard.project}/compare?runs=few,film")
    expect(page.get_by_text("0.001953", exact=False).first).to_be_visible()
    fits(page)


# 20,000 keys


def test_a_workspace_of_20_000_keys_answers_at_once(page: Page, hard: HardServer) -> None:
    page.goto(f"{hard.project}?only=many")
    expect(page.get_by_test_id("chart").first).to_be_visible()

    assert page.get_by_test_id("panel").count() < 60
    assert page.evaluate("document.querySelectorAll('*').length") < 5_000

    field = page.get_by_role("searchbox", name="Filter charts")
    field.fill("weight_19987")
    line = drawn_lines(page, key_of(19_987), [2])["many"]
    assert line["y"] == [19_987, 19_987 / 2]
    expect(page.get_by_test_id("panel")).to_have_count(1)

    field.fill("nothing of that name")
    expect(page.get_by_text("No chart matches “nothing of that name”.")).to_be_visible()


def test_the_table_and_the_overview_find_one_of_20_000_keys(page: Page, hard: HardServer) -> None:
    page.goto(f"{hard.project}/table?cols=state")
    expect(page.get_by_test_id("table-row").filter(has_text="many")).to_be_visible()
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("searchbox", name="Find a column").fill("weight_19998")
    page.get_by_role("button", name=f"{key_of(19_998)} summary").click()
    expect(page.get_by_test_id("table-row").filter(has_text="many")).to_contain_text("9999")

    page.goto(hard.run("many") + "/overview")
    page.get_by_role("searchbox", name="Search summary").fill("weight_12346")
    expect(page.get_by_text("6173", exact=True)).to_be_visible()
    assert page.evaluate("document.querySelectorAll('*').length") < 5_000


def test_runs_of_20_000_keys_are_compared(page: Page, hard: HardServer) -> None:
    page.goto(f"{hard.project}/compare?runs=many,few")
    expect(page.get_by_text("weight_", exact=False).first).to_be_visible()
    assert page.evaluate("document.querySelectorAll('*').length") < 5_000


# An address that somebody wrote by hand


def test_a_column_that_cannot_be_is_told_of_and_taken_away(
    hard: HardServer, hard_window: BrowserContext
) -> None:
    with crashless(hard_window) as page:
        page.goto(f"{hard.project}/table?cols=state,summary:loss")
        expect(page.get_by_role("alert")).to_contain_text("Unknown run field summary:loss")
        page.get_by_role("button", name="Columns").click()
        page.get_by_role("dialog").get_by_role("button", name="summary:loss").click()
        expect(page.get_by_test_id("table-row").filter(has_text="few")).to_be_visible()
        expect(page.get_by_role("alert")).to_be_hidden()


# A run with no history


def test_every_page_of_a_run_without_anything_says_so(page: Page, hard: HardServer) -> None:
    for path, words in {
        "": "This run logged no numbers.",
        "/overview": "No summary yet.",
        "/console": "No console output",
        "/system": "No system metrics",
        "/files": "No files",
        "/media": "No media yet",
        "/code": "No code",
    }.items():
        page.goto(hard.run("empty") + path)
        expect(page.get_by_text(words, exact=False).first).to_be_visible()
    # Beside others it is a run like any.
    page.goto(f"{hard.project}?only=empty,few")
    drawn_lines(page, "loss", [10])
    expect(page.get_by_text("empty", exact=True).first).to_be_visible()


# 5 million steps


def test_five_million_steps_are_drawn_in_buckets_with_true_extremes(
    page: Page, hard: HardServer
) -> None:
    page.goto(f"{hard.project}?only=endless")
    page.wait_for_function(
        "() => window.__runstone?.charts().some((c) => c.key === 'loss' && c.lines.length === 1)"
    )
    drawn = page.evaluate("() => window.__runstone.charts().find((c) => c.key === 'loss')")
    (line,) = drawn["lines"]
    assert not line["exact"]
    assert min(line["min"]) == LOWEST[1]
    assert max(line["max"]) == HIGHEST[1]
    caption = page.get_by_test_id("chart-caption").first
    ratio = NUM_STEPS / len(line["x"])
    expect(caption).to_contain_text(re.compile(r"^1 : [\d.,]+ ?k?, min–max$"))
    assert 1_000 < ratio <= 6_250

    step = HIGHEST[0]
    page.goto(f"{hard.project}?only=endless&from={step - 50}&to={step + 49}")
    # With the neighbours of the range, so that the line enters and leaves the picture.
    line = drawn_lines(page, "loss", [102])["endless"]
    steps = np.arange(step - 51, step + 51, dtype=np.float64)
    assert line["exact"]
    assert line["x"] == steps.tolist()
    assert line["y"] == long_values(steps).tolist()
    expect(caption).to_have_text("exact")


def test_five_million_steps_are_smoothed_as_a_whole(page: Page, hard: HardServer) -> None:
    weight, last = 0.99, NUM_STEPS - 1
    # What lies 4,000 steps back has a weight of 0.99 ** 4000, which is nothing.
    values = long_values(np.arange(last - 4_000, last + 1, dtype=np.float64))
    expected = float((values[::-1] * (1 - weight) * weight ** np.arange(len(values))).sum())
    page.goto(f"{hard.project}?only=endless&smooth=ema:{weight}&from={last - 99}&to={last}")
    line = drawn_lines(page, "loss", [101])["endless"]
    assert line["smooth"][-1] == pytest.approx(expected, rel=1e-9)


# 100 MB of console


def test_a_console_of_100_mb_opens_jumps_and_finds(page: Page, hard: HardServer) -> None:
    output = page.get_by_label("Console output")
    page.goto(hard.run("talks") + "/console")
    expect(output.get_by_text("epoch ").first).to_be_visible()

    middle = NUM_LINES // 2
    page.goto(hard.run("talks") + f"/console?line={middle}")
    expect(output.get_by_text(line_of(middle - 1), exact=True)).to_be_visible()
    output.press("End")
    expect(output.get_by_text(line_of(NUM_LINES - 1), exact=True)).to_be_visible()
    output.press("Home")
    expect(output.get_by_text(line_of(0), exact=True)).to_be_visible()
    assert page.locator("[data-line]").count() < 200

    page.get_by_role("searchbox", name="Search the console").fill(NEEDLE[1])
    expect(page.get_by_text("1 of 1")).to_be_visible(timeout=20_000)
    expect(output.get_by_text(line_of(NEEDLE[0]), exact=True)).to_be_visible()


# A film of 2 GB

VIDEO = "document.querySelector('video')"
PICTURE = """video => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 1, height: 1});
  const context = canvas.getContext("2d");
  context.drawImage(video, 0, 0, 1, 1);
  const [red, , blue] = context.getImageData(0, 0, 1, 1).data;
  return red > blue ? "red" : "blue";
}"""


def test_a_film_of_2_gb_plays_from_its_end_by_ranges(page: Page, hard: HardServer) -> None:
    server = hard.server.pid
    read, memory = bytes_read(server), peak_memory(server)
    asked = []
    page.on(
        "request",
        lambda request: asked.append(request) if request.resource_type == "media" else None,
    )
    for place in (f"/files/{FILM}", "/media"):
        page.goto(hard.run("film") + place)
        film = page.locator("video")
        expect(film).to_be_visible()
        page.wait_for_function(f"() => {VIDEO}.readyState >= 2")
        assert film.evaluate("video => [video.duration, video.videoWidth]") == [10, 32]
        assert film.evaluate(PICTURE) == "red"
        film.evaluate("video => { video.currentTime = 8; }")
        page.wait_for_function(f"() => !{VIDEO}.seeking && {VIDEO}.readyState >= 2")
        assert film.evaluate(PICTURE) == "blue"
    assert asked
    assert all("range" in request.all_headers() for request in asked)
    # The sockets' buffers, a few times over; not the film.
    assert bytes_read(server) - read < 100e6
    assert peak_memory(server) - memory < 64e6


def bytes_read(pid: int) -> int:
    """What a process has read from files and sockets."""
    return int(re.search(r"rchar: (\d+)", Path(f"/proc/{pid}/io").read_text())[1])  # type: ignore[index]


def peak_memory(pid: int) -> int:
    """The most memory that a process ever had, in bytes."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1]) * 1024


# HTML and SVG that attack


def test_pages_in_files_reach_nothing(hard: HardServer, hard_window: BrowserContext) -> None:
    keys = len(hard.ask("GET", "/api/v1/api-keys").json())
    with sink() as carrier:
        files = attacking_files(hard, carrier)
        hard.begin("evil")
        html = {"_type": "html-file", "path": "media/html/attack_0.html", "size": 9}
        hard.upload("evil", files)
        hard.log("evil", 0, [{"page": html}])
        page = hard_window.new_page()
        opened: list[Page] = []
        hard_window.on("page", lambda one: opened.append(one))
        page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))

        for place in ("/files/media/html/attack_0.html", "/files/attack.svg", "/media"):
            page.goto(hard.run("evil") + place)
            assert_harmless(page)
            expect(page.get_by_role("navigation").first).to_be_visible()
            assert page.url == hard.url + hard.run("evil") + place

        page.goto(hard.run("evil") + "/files/leave.html")
        expect(page.locator("iframe")).to_be_visible()
        page.wait_for_timeout(500)
        assert page.url.endswith("/files/leave.html")
        assert opened == []
        assert carrier.heard == []

        # Beside the app: saved where it is asked for as it is, tame where a sandbox is asked for.
        base = f"{hard.url}/api/v1/projects{hard.project.replace('/hard', '/hard/runs/evil')}/files"
        for name in ("media/html/attack_0.html", "attack.svg"):
            for query in ("", "?inline=true"):
                answer = page.request.get(f"{base}/{name}{query}")
                assert "sandbox; default-src 'none'" in answer.headers["content-security-policy"]
                assert answer.headers["x-content-type-options"] == "nosniff"
                assert answer.headers["content-type"].startswith("text/plain")
            page.goto(hard.run("evil") + "/files")
            with page.expect_download() as saved:
                page.evaluate("address => { window.location.href = address; }", f"{base}/{name}")
            assert saved.value.suggested_filename == name.rpartition("/")[2]
            page.goto(f"{base}/{name}?sandbox=true")
            page.wait_for_function("() => window.found")
            got = page.evaluate("() => window.found")
            assert {name for name, (end, _) in got.items() if end != "refused"} <= {"opaque"}
        assert carrier.heard == []
    page.close()
    assert len(hard.ask("GET", "/api/v1/api-keys").json()) == keys


def assert_harmless(page: Page) -> None:
    """The page in the one frame has tried everything and got nothing."""
    frame = page.locator("iframe").first.element_handle().content_frame()
    assert frame is not None
    frame.wait_for_function("() => window.found", timeout=10_000)
    found = frame.evaluate("() => window.found")
    assert len(found) > 8
    assert {name: said for name, (end, said) in found.items() if end != "refused"} == {}


def test_names_with_markup_are_text(page: Page, hard: HardServer) -> None:
    page.goto(f"{hard.project}?only=named")
    expect(page.get_by_text(MARKUP).first).to_be_visible()
    page.goto(hard.run("named") + "/overview")
    expect(page.get_by_text(MARKUP).first).to_be_visible()
    assert page.title() != "1"


# A server that goes away, a sign-in that ends


@pytest.fixture
def small(tmp_path: Path) -> Iterator[HardServer]:
    """A server with one run that is still going on."""
    served = HardServer(tmp_path / "data")
    try:
        served.begin("going")
        served.log("going", 0, [{"loss": 1 / (row + 1)} for row in range(20)])
        served.print("going", 0, [f"line {number}" for number in range(3_000)])
        yield served
    finally:
        served.server.kill()


@pytest.fixture
def small_window(browser: Browser, small: HardServer) -> Iterator[BrowserContext]:
    """A window on that server, in which the administrator is signed in."""
    context = signed_in_window(browser, small.server, viewport=WINDOW)
    yield context
    context.close()


def test_pages_outlive_a_server_that_goes_away_and_comes_back(
    small: HardServer, small_window: BrowserContext
) -> None:
    with (
        crashless(small_window) as workspace,
        crashless(small_window) as table,
        crashless(small_window) as console,
    ):
        tabs = (workspace, table, console)
        workspace.goto(small.project)
        drawn_lines(workspace, "loss", [20])
        table.goto(f"{small.project}/table?cols=summary.loss")
        row = table.get_by_test_id("table-row")
        expect(row).to_contain_text("0.05")
        console.goto(small.run("going") + "/console")
        output = console.get_by_label("Console output")
        expect(output.get_by_text("line 2999", exact=True)).to_be_visible()
        for tab in tabs:
            expect(tab.get_by_text("Live", exact=True)).to_be_visible()

        small.server.kill()
        for tab in tabs:
            expect(tab.get_by_text("Reconnecting…")).to_be_visible()
        # What was there is there, and what needs no server works.
        drawn_lines(workspace, "loss", [20])
        expect(row).to_contain_text("0.05")
        expect(output.get_by_text("line 2999", exact=True)).to_be_visible()
        workspace.get_by_role("searchbox", name="Filter charts").fill("los")
        drawn_lines(workspace, "loss", [20])
        # What does need it says so, in its place.
        output.press("Home")
        expect(console.get_by_text("The server did not answer")).to_be_visible()
        expect(console.get_by_role("link", name="Overview")).to_be_visible()
        table.get_by_role("searchbox", name="Search or filter runs").fill("go")
        expect(table.get_by_text("Reconnecting…")).to_be_visible()
        expect(table.get_by_role("columnheader", name="loss")).to_be_visible()

        small.start()
        small.log("going", 20, [{"loss": 7.25}])
        small.print("going", 3_000, ["the server is back"])
        for tab in tabs:
            expect(tab.get_by_text("Live", exact=True)).to_be_visible(timeout=15_000)
        assert drawn_lines(workspace, "loss", [21])["going"]["y"][20] == 7.25
        expect(workspace).to_have_url(re.compile("search=los|q=los|charts=los"))
        expect(row).to_contain_text("7.25")
        expect(output.get_by_text("line 0", exact=True)).to_be_visible()
        output.press("End")
        expect(output.get_by_text("the server is back")).to_be_visible()


def test_the_palette_that_does_not_come_says_so(
    small: HardServer, small_window: BrowserContext
) -> None:
    with crashless(small_window) as page:
        page.goto(small.project)
        drawn_lines(page, "loss", [20])
        small.server.kill()
        page.keyboard.press("Control+k")
        expect(page.get_by_text("it did not answer")).to_be_visible()
        drawn_lines(page, "loss", [20])


def test_a_file_is_read_where_its_viewer_does_not_come(
    small: HardServer, small_window: BrowserContext
) -> None:
    small.upload("going", {"train.py": b"print('hello')\n"})
    with crashless(small_window) as page:
        page.route("**/assets/code-mirror-*.js", lambda route: route.abort())
        with page.expect_event("requestfailed", lambda request: "code-mirror" in request.url):
            page.goto(small.run("going") + "/files/train.py")
        page.wait_for_timeout(300)
        expect(page.get_by_text("print('hello')")).to_be_visible()
        expect(page.get_by_role("link", name="Download")).to_be_visible()


@pytest.mark.parametrize("page_name", ["going", "Trash"])
def test_a_page_asked_for_while_the_server_is_away_comes_with_it(
    small: HardServer, small_window: BrowserContext, page_name: str
) -> None:
    with crashless(small_window) as page:
        page.goto(small.project)
        drawn_lines(page, "loss", [20])
        small.server.kill()
        expect(page.get_by_text("Reconnecting…")).to_be_visible()
        page.get_by_role("link", name=page_name).first.click()
        expect(page.get_by_text("The server did not answer")).to_be_visible(timeout=15_000)
        page.get_by_role("button", name="Try again").click()
        expect(page.get_by_text("The server did not answer")).to_be_visible()
        expect(page.get_by_role("navigation").first).to_be_visible()

        small.start()
        expect(page.get_by_text("The server did not answer")).to_be_hidden(timeout=15_000)
        if page_name == "going":
            drawn_lines(page, "loss", [20])
        else:
            expect(page.get_by_text("The trash is empty")).to_be_visible()


def test_a_sign_in_that_ended_is_renewed_over_the_page(
    small: HardServer, small_window: BrowserContext
) -> None:
    with crashless(small_window) as page:
        page.goto(f"{small.project}?smooth=ema:0.5&log=y")
        before = drawn_lines(page, "loss", [20])["going"]
        address = page.url
        end_session(small, small_window)
        field = page.get_by_role("searchbox", name="Search or filter runs")
        field.fill("goin")

        form = page.get_by_role("heading", name="Sign in again")
        expect(form).to_be_visible(timeout=20_000)
        expect(page.get_by_text("The page comes back as it was")).to_be_visible()
        # Behind the form the page stands as it stood, and cannot be used.
        assert drawn_lines(page, "loss", [20])["going"] == before
        assert page.locator("[inert]").count() == 1
        page.get_by_role("radio", name="API key").check(force=True)
        key = page.get_by_label("API key", exact=True).last
        key.fill("runstone-wrong")
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_text("That key was not accepted.", exact=False)).to_be_visible()
        key.fill(small.key)
        page.get_by_role("button", name="Sign in", exact=True).click()

        expect(form).to_be_hidden()
        expect(field).to_have_value("goin")
        assert page.locator("[inert]").count() == 0
        assert drawn_lines(page, "loss", [20])["going"] == before
        assert page.url.startswith(address)
        # It lives: what is logged now appears.
        small.log("going", 20, [{"loss": 7.25}])
        drawn_lines(page, "loss", [21])


def end_session(served: HardServer, window: BrowserContext) -> None:
    """Ends the window's session on the server; the browser keeps its cookie and does not know."""
    (cookie,) = window.cookies()
    answer = served.server.ask(
        "DELETE",
        "/api/v1/session",
        headers={"Cookie": f"{cookie['name']}={cookie['value']}", "X-Runstone-CSRF": "1"},
    )
    assert answer.status == 204
