# SPDX-License-Identifier: Apache-2.0
"""Runs what the documents show: `civ-quote FILE` blocks stand in that file, `civ` blocks are checked and their examples run, `civ-amendment` blocks amend the packs."""
import pathlib
import re
import subprocess
import sys
import tempfile

TOOL, ROOT = sys.argv[1], pathlib.Path(sys.argv[2])


def run(*args):
    return subprocess.run([TOOL, *map(str, args)], capture_output=True, text=True)


def main():
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for document in sorted((ROOT / "docs").glob("*.md")) + [ROOT / "README.md"]:
            for file, text in re.findall(r"^```civ-quote (\S+)\n(.*?)^```", document.read_text(encoding="utf-8"), re.M | re.S):
                ok = text in (ROOT / file).read_text(encoding="utf-8")
                passed, failed = passed + ok, failed + (not ok)
                if not ok:
                    print(f"{document.name}: a quote is not in {file}\n{text}")
            blocks = re.findall(r"^```(civ|civ-amendment)\n(.*?)^```", document.read_text(encoding="utf-8"), re.M | re.S)
            for number, (kind, text) in enumerate(blocks, 1):
                path = pathlib.Path(folder) / f"{document.stem}_{number}.civ"
                path.write_text(text, encoding="utf-8")
                if kind == "civ":
                    out = run("test", path) if "\nexample " in text else run("check", "--no-embedded", path)
                else:
                    out = run("check", "--amend", path)
                ok = out.returncode == 0 and run("fmt", "--check", path).returncode == 0
                passed, failed = passed + ok, failed + (not ok)
                if not ok:
                    print(f"{document.name}, block {number}:\n{out.stdout}{out.stderr}{run('fmt', path).stdout}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
