"""A running demo and a browser for each module of this folder; a context of their own for each person.

At the end of a test every page must have stayed without console errors and failed requests, unless the test said which
ones it causes. Needs Chromium on the path; nothing is ever downloaded.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from fcntl import LOCK_EX, flock
from os import environ, getpid
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, sync_playwright

from tests.browsing import PATIENCE_MS, Demo, OpenBrowser, Watch
from tests.serving import free_port

CHROMIUM = shutil.which("chromium")
UNSEEN = (
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup", "PreloadTopChromeWebUI",
    "SpareRendererForSitePerProcess",
)  # fmt: skip
"""Pages of the browser's own that it opens beside every window: with them a page takes half as much time again."""
AS_PLAYWRIGHT_HAS_IT = (
    "AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades", "LensOverlay", "MediaRouter",
    "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding", "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)  # fmt: skip
"""The last list of disabled features counts, so ours begins with Playwright's."""
ARGUMENTS = (
    "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--in-process-gpu", "--disable-site-isolation-trials",
    f"--disable-features={','.join((*AS_PLAYWRIGHT_HAS_IT, *UNSEEN))}",
)  # fmt: skip

PICTURE_MS = 5_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if CHROMIUM is not None:
        return
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.skip(reason="no chromium on the path"))


@pytest.fixture(scope="session")
def seeded(short_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a demo that was started once and stopped: making its world costs more than all else of a start.

    The first of all processes that asks makes it; the others wait for it.
    """
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in environ else own
    with (shared / "seeded.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not (shared / "seeded").exists():
            made = _make_seeded(short_folder / "seeded")
            whole = shared / f"seeding-{getpid()}"
            _copy(made, whole)
            whole.rename(shared / "seeded")
    return shared / "seeded"


def _make_seeded(home: Path) -> Path:
    home.mkdir(mode=0o711)
    first = Demo(home, free_port())
    first.start()
    first.run("month", "close")  # or every demo of a test would do so for itself, in the background
    first.run("invoices", "issue")
    first.stop()
    return home


def _copy(source: Path | str, target: Path) -> None:
    """The databases belong to a user of their own, and stay theirs."""
    subprocess.run(["cp", "-a", source, target], check=True)


@pytest.fixture(scope="module")
def demo(seeded: Path, short_folder: Path) -> Iterator[Demo]:
    """A demo world of this module's own."""
    with fresh_demo(seeded, short_folder) as running:
        yield running


@contextmanager
def fresh_demo(seeded: Path, folder: Path) -> Iterator[Demo]:
    """A demo world as the first start leaves it, in a new home in `folder`, gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="demo-", dir=folder))
    home.chmod(0o711)
    running = Demo(home, free_port())
    try:
        _copy(f"{seeded}/.", home)
        running.start()
        yield running
    finally:
        if running.process is not None:
            running.stop()
        shutil.rmtree(home)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser per module: it must be gone before the next asynchronous test begins."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Collects console errors; a test may allow those it causes."""
    watching = Watch()
    yield watching
    assert watching.verdict() == []


@pytest.fixture
def open_browser(
    chromium: Browser, demo: Demo, watch: Watch, request: pytest.FixtureRequest, out_folder: Path
) -> Iterator[OpenBrowser]:
    """Opens a person's browser: `open_browser(PHONE, "dark", "de")`. Nothing moves in it, unless the test wants it to.

    Who looks at what its service worker does says `**CACHED`: it fetches the whole app once more for each person, and
    what it passes on, no test can hold back.

    Of a failed test its pages stay as pictures in `.ci/out`, and with `--traces` all that happened on them.
    """
    with ExitStack() as stack:
        opened: list[BrowserContext] = []
        traces = bool(request.config.getoption("--traces"))

        def open_one(
            device: dict[str, Any], scheme: Literal["light", "dark"] = "light", locale: str = "de", **more: Any
        ) -> BrowserContext:
            context = chromium.new_context(
                **device,
                base_url=demo.url,
                color_scheme=scheme,
                locale={"de": "de-DE", "en": "en-GB"}[locale],
                timezone_id="Europe/Berlin",
                **{"reduced_motion": "reduce", "service_workers": "block", **more},
            )
            if "service_workers" not in more:
                watch.allowed.append("Service Worker registration blocked")
            context.set_default_timeout(PATIENCE_MS)
            context.on("page", watch.on_page)
            stack.callback(context.close)
            if traces:
                context.tracing.start(snapshots=True, screenshots=True)
            opened.append(context)
            return context

        failed_before = request.session.testsfailed
        yield open_one
        if request.session.testsfailed > failed_before:
            _keep(opened, out_folder / f"failed-{request.node.name}", traces=traces)


def _keep(contexts: Sequence[BrowserContext], stem: Path, *, traces: bool) -> None:
    """What a failed test saw last, and how it came to that."""
    for number, context in enumerate(contexts):
        for place, page in enumerate(context.pages):
            with suppress(Error):  # a page that hangs has no picture
                page.screenshot(path=f"{stem}-{number}-{place}.png", timeout=PICTURE_MS)
        if traces:
            context.tracing.stop(path=f"{stem}-{number}.zip")
