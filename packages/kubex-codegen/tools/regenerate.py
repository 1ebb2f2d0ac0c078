"""Generate the packages `kubex-k8s-*` of this workspace from the folder `inputs`."""

from pathlib import Path

from kubex_codegen import Options, generate, read_document, write_files

INPUTS = Path(__file__).resolve().parents[1] / "inputs"
PACKAGES = Path(__file__).resolve().parents[2]


def main() -> None:
    """Generate the package of each input, such as `kubernetes-1.37.json.gz` for Kubernetes 1.37."""
    for path in sorted(INPUTS.glob("kubernetes-*.json.gz")):
        version = path.name.removeprefix("kubernetes-").removesuffix(".json.gz")
        files = generate(read_document(path), Options(descriptions=False, reference=version))
        folder = PACKAGES / f"kubex-k8s-{version.replace('.', '-')}" / "src" / "kubex_k8s"
        write_files(files, folder / f"v{version.replace('.', '_')}")


if __name__ == "__main__":
    main()
