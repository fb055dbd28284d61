"""Lists the installed Python packages, or those that no requirement file of the source needs in that version.

If it is not certain that a package is needed, it is listed: assemble makes pip install again what is missing.
"""
import email.parser
import glob
import json
import os
import re
import sys
import sysconfig

folders = sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})


def normalize(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def installed():
    """Returns metadata by normalized name."""
    found = {}
    for folder in folders:
        for path in glob.glob(os.path.join(glob.escape(folder), "*.*-info")):
            if os.path.basename(path).startswith("~"):
                continue  # the remains of an interrupted pip
            name = "METADATA" if path.endswith(".dist-info") else "PKG-INFO"
            file = os.path.join(path, name) if os.path.isdir(path) else path
            if not os.path.isfile(file):
                continue
            metadata = email.parser.HeaderParser().parsestr(read(file))
            if metadata["Name"]:
                metadata.folder = path
                found[normalize(metadata["Name"])] = metadata
        for path in glob.glob(os.path.join(glob.escape(folder), "*.egg-link")):
            found.setdefault(normalize(os.path.basename(path)[: -len(".egg-link")]), None)
    return found


def plan(source, known):
    """Returns the packages to uninstall: those that the source does not need and that were not there before builds."""
    from pip._vendor.packaging.requirements import Requirement

    def parse(text):
        try:
            return Requirement(text)
        except Exception:
            return None

    named = []
    constraints = []

    def add(text):
        requirement = parse(text)
        if requirement is not None and (requirement.marker is None or requirement.marker.evaluate({"extra": ""})):
            named.append(requirement)

    def pin(name, version):
        if isinstance(name, str) and isinstance(version, str):
            add(name + version)

    def read_requirements(path, into, seen):
        path = os.path.realpath(path)
        if path in seen or not os.path.isfile(path):
            return
        seen.add(path)
        for line in re.sub(r"\\\r?\n", "", read(path)).splitlines():
            line = re.sub(r"(^|\s)#.*", "", line).strip()
            option = re.match(r"(-r|--requirement|-c|--constraint)[\s=]*(.+)", line)
            if option:
                inner = os.path.join(os.path.dirname(path), option.group(2).strip("'\""))
                is_constraint = into is constraints or option.group(1) in ("-c", "--constraint")
                read_requirements(inner, constraints if is_constraint else into, seen)
            elif line and not line.startswith("-"):
                line = re.sub(r"\s--(hash|config-settings|global-option|install-option)\b.*", "", line)
                if into is constraints:
                    constraints.extend(filter(None, [parse(line)]))
                else:
                    add(line)

    def load_toml(path):
        try:
            import tomllib
        except ImportError:
            from pip._vendor import tomli as tomllib
        return tomllib.loads(read(path))

    def each_file(name, load):
        path = os.path.join(source, name)
        if os.path.isfile(path):
            try:
                load(path)
            except Exception:
                return  # assemble reports the error

    def load_pipfile_lock(path):
        for section in ("default", "develop"):
            for name, entry in json.loads(read(path)).get(section, {}).items():
                pin(name, entry.get("version"))

    def load_lock(path):
        lock = load_toml(path)
        for package in lock.get("package", []) + lock.get("packages", []):
            pin(package.get("name"), "==" + str(package.get("version")))

    def load_pyproject(path):
        project = load_toml(path).get("project", {})
        for text in project.get("dependencies", []):
            add(text)

    def load_setup_cfg(path):
        import configparser

        parser = configparser.RawConfigParser()
        parser.read_string(read(path))
        for text in parser.get("options", "install_requires", fallback="").splitlines():
            add(text.strip())

    def load_setup_py(path):
        import ast

        for node in ast.walk(ast.parse(read(path))):
            value = getattr(node, "value", getattr(node, "s", None))
            if isinstance(value, str) and "\n" not in value:
                add(value)

    requirement_files = ["requirements.txt"]
    if any(os.path.isfile(os.path.join(source, folder, "bin", "assemble")) for folder in (".s2i", ".sti")):
        # Its own assemble may install from any of them.
        for pattern in ("*requirements*.txt", "requirements/*.txt"):
            requirement_files += glob.glob(os.path.join(glob.escape(source), pattern))
    seen = set()
    for name in requirement_files:
        each_file(name, lambda path: read_requirements(path, named, seen))
    each_file("Pipfile.lock", load_pipfile_lock)
    for name in ("poetry.lock", "pylock.toml", "uv.lock"):
        each_file(name, load_lock)
    each_file("pyproject.toml", load_pyproject)
    each_file("setup.cfg", load_setup_cfg)
    each_file("setup.py", load_setup_py)

    found = installed()

    def satisfies(requirement):
        metadata = found.get(normalize(requirement.name))
        return (
            metadata is not None
            and requirement.url is None
            # Installed from a folder, a repository or a file, which may have changed.
            and not os.path.exists(os.path.join(metadata.folder, "direct_url.json"))
            and requirement.specifier.contains(metadata["Version"], prereleases=True)
        )

    def all_agree(name):
        return all(satisfies(other) for other in named + constraints if normalize(other.name) == name)

    needed = set()
    waiting = [r for r in named if satisfies(r) and all_agree(normalize(r.name))]
    while waiting:
        requirement = waiting.pop()
        name = normalize(requirement.name)
        for extra in [""] + sorted(requirement.extras):
            if (name, extra) in needed:
                continue
            needed.add((name, extra))
            for text in found[name].get_all("Requires-Dist") or []:
                inner = parse(text)
                if inner is None or not (inner.marker is None or inner.marker.evaluate({"extra": extra})):
                    continue
                if satisfies(inner) and all_agree(normalize(inner.name)):
                    waiting.append(inner)
    kept = {name for name, _ in needed} | set(known)
    return sorted(set(found) - kept)


if not all(os.access(folder, os.W_OK) for folder in folders):
    # These are the system's packages, not the application's.
    sys.exit(0)
if sys.argv[1] == "list":
    print("\n".join(sorted(installed())))
else:
    print("\n".join(plan(sys.argv[2], read(sys.argv[3]).split())))
