"""`gouji annotations`: its commands and their arguments. Heavy modules are imported by the command that needs them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from extraction.errors import UsageError
from extraction.messages import Messages

DESCRIPTION = """\
Gold: what reports print, in data sets that people and programs share.

A data set is a folder with reports/<id>.json beside its document, and splits/train.txt, dev.txt and test.txt; or a
folder with <report>/gold.json. What every label means, and the hard cases: annotations/GUIDE.md.
"""

EPILOG = """\
examples, from scans to gold:
  gouji annotations prelabel scans/ -o mine                a conversion as first draft, the unsure marked
  gouji annotations export mine -o tasks                   pages and regions for Label Studio
  gouji annotations import export.json -o mine             what the annotators made of them
  gouji annotations agreement anna bo                      where two annotators differ
  gouji annotations validate mine annotations/samples      schema, sums, places, duplicates, leaks
  gouji annotations split mine --dev 0.1 --test 0.2        by organization
  gouji annotations export-hub mine -o hub                 Parquet and card, for datasets.load_dataset

exit codes: 0 nothing to do; 1 findings, disagreements or inputs that failed; 2 the call is wrong
"""

_VALIDATE = """\
examples:
  gouji annotations validate annotations/samples
  gouji annotations validate mine annotations/mini      together: a document in both is found

One finding a line: report, place, what is wrong. `open:` is work left for a person (a cell for review, a draft that
nobody has compared with its document), everything else is to be put right.
"""

_PRELABEL = """\
examples:
  gouji annotations prelabel 'scans/2023*.pdf' -o mine

Writes mine/reports/<id>.json with a copy of the document. Fields that the conversion is not sure of are `review`, and
the fact "unsure <field>" says why; the fact "draft" stays until a person has compared the whole report with its pages.
"""

_EXPORT = """\
examples:
  gouji annotations export mine -o tasks
  gouji annotations export mine -o tasks --url 'https://files.example/tasks/'

OUT holds  tasks.json      one task a page, to import
           config.xml      the labelling configuration
           images/*.png    the pages
Label Studio serves OUT itself where LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT is the folder that OUT is in and
LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED is true. Drafts go out as predictions, what is settled as annotations.
"""

_IMPORT = """\
examples:
  gouji annotations import project-1-export.json -o mine --documents mine
  gouji annotations import project-1-export.json -o anna --documents mine --by anna@example.org

The export of Label Studio in its JSON format. Polygons and turned rectangles become the boxes around them. Figures
whose text was changed are read anew, and the sums evaluated again.
"""

_AGREEMENT = """\
examples:
  gouji annotations agreement anna bo
"""

_SPLIT = """\
examples:
  gouji annotations split mine --dev 0.1 --test 0.2 --seed 7

An organization's place is a hash of its name and the seed: with the same seed and shares, reports that are added later
do not move those that are there.
"""

_HUB = """\
examples:
  gouji annotations export-hub annotations/mini -o hub
  python -c "import datasets; print(datasets.load_dataset('hub'))"
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the commands of `gouji annotations`; each sets `step`, which `run` calls."""
    parser.description, parser.epilog = DESCRIPTION, EPILOG
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def add(
        name: str, text: str, epilog: str, step: Callable[[argparse.Namespace, Messages], int]
    ) -> argparse.ArgumentParser:
        command = commands.add_parser(
            name,
            help=text,
            description=text[0].upper() + text[1:] + ".",
            epilog=epilog,
        )
        command.set_defaults(step=step)
        return command

    validate = add("validate", "what is wrong with data sets, or left open", _VALIDATE, _validate)
    validate.add_argument("datasets", nargs="+", type=Path, metavar="DATASET", help="folders of gold")

    prelabel = add("prelabel", "conversions as first drafts of gold", _PRELABEL, _prelabel)
    prelabel.add_argument("inputs", nargs="+", metavar="INPUT", help="files, folders or globs")
    _add_out(prelabel, "DATASET", "data set to add to")
    prelabel.add_argument("--force", action="store_true", help="replace what is annotated already")

    export = add("export", "tasks for Label Studio, with the pages as pictures", _EXPORT, _export)
    export.add_argument("dataset", type=Path, metavar="DATASET", help="folder of gold or drafts")
    _add_out(export, "OUT", "folder for tasks and pictures")
    export.add_argument("--url", metavar="PREFIX", help="where Label Studio finds OUT (default: its local files)")
    export.add_argument(
        "--as", dest="kind", choices=["annotations", "predictions"], help="rather than as it is settled"
    )

    imported = add("import", "annotations from an export of Label Studio", _IMPORT, _import)
    imported.add_argument("tasks", type=Path, metavar="JSON", help="exported tasks")
    _add_out(imported, "DATASET", "data set to write to")
    imported.add_argument("--documents", type=Path, metavar="DATASET", help="data set to copy the documents from")
    imported.add_argument("--by", default="", metavar="WHO", help="only answers of this annotator (id or e-mail)")

    agreement = add("agreement", "how far two annotators agree", _AGREEMENT, _agreement)
    agreement.add_argument("one", type=Path, metavar="A", help="data set of the one")
    agreement.add_argument("other", type=Path, metavar="B", help="data set of the other, of the same documents")

    split = add("split", "train, dev and test by organization", _SPLIT, _split)
    split.add_argument("dataset", type=Path, metavar="DATASET", help="data set to split")
    split.add_argument("--dev", type=float, default=0.1, metavar="SHARE", help="of organizations (default %(default)s)")
    split.add_argument(
        "--test", type=float, default=0.2, metavar="SHARE", help="of organizations (default %(default)s)"
    )
    split.add_argument("--seed", type=int, default=7, metavar="N", help="(default %(default)s)")
    split.add_argument("--force", action="store_true", help="split anew what is split already")

    hub = add("export-hub", "Parquet and a card, as the Hugging Face hub has data sets", _HUB, _export_hub)
    hub.add_argument("dataset", type=Path, metavar="DATASET", help="folder of gold")
    _add_out(hub, "OUT", "folder for data/*.parquet and README.md")
    hub.add_argument("--without-documents", action="store_true", help="leave the documents' bytes out")


def run(parsed: argparse.Namespace, messages: Messages) -> int:
    """Run the command and return its exit code. Raises GoujiError (for faulty gold or tasks too) and OSError."""
    try:
        return int(parsed.step(parsed, messages))
    except ValueError as error:
        raise UsageError(str(error)) from error


def _add_out(command: argparse.ArgumentParser, name: str, text: str) -> None:
    command.add_argument("-o", "--out", required=True, type=Path, metavar=name, help=text)


def _validate(parsed: argparse.Namespace, messages: Messages) -> int:
    from annotations.store import gold_paths
    from annotations.validation.datasets import validate
    from annotations.validation.findings import FindingKind

    findings = validate(parsed.datasets)
    for finding in findings:
        print(finding)
    reports = sum(len(gold_paths(folder)) for folder in parsed.datasets)
    faults = sum(f.kind is FindingKind.FAULT for f in findings)
    told = "{reports} report(s), {faults} to put right, {left} open"
    print(messages(told, reports=reports, faults=faults, left=len(findings) - faults), file=sys.stderr)
    return 1 if findings else 0


def _prelabel(parsed: argparse.Namespace, messages: Messages) -> int:
    from annotations.prelabel import prelabel
    from extraction.bulk.inputs import find_inputs
    from extraction.document import Status
    from models.loaded import Models

    failed = 0
    for done in prelabel(find_inputs(parsed.inputs, parsed.out), parsed.out, Models(), parsed.force):
        if done.annotation is None:
            print(messages("{path}: {why}", path=done.name, why=done.error), file=sys.stderr)
            failed += 1
        else:
            statuses = [field.status for field in done.annotation.report.fields]
            review, count = statuses.count(Status.REVIEW), len(statuses)
            print(messages("{id}: {review} of {count} for review", id=done.annotation.id, review=review, count=count))
    return 1 if failed else 0


def _export(parsed: argparse.Namespace, messages: Messages) -> int:
    from annotations.label_studio.files import export_folder

    prefix = parsed.url if parsed.url is not None else f"/data/local-files/?d={parsed.out.resolve().name}/"
    exported = export_folder(parsed.dataset, parsed.out, prefix, parsed.kind)
    for annotation_id in exported.without_pages:
        placeless = "{id}: has no cell or label with a place on a page; nothing to show"
        print(messages(placeless, id=annotation_id), file=sys.stderr)
    told, file = "{pages} pages of {reports} reports in {path}", parsed.out / "tasks.json"
    print(messages(told, pages=exported.tasks, reports=exported.reports, path=file))
    return 1 if exported.without_pages else 0


def _import(parsed: argparse.Namespace, messages: Messages) -> int:
    from annotations.label_studio.files import import_tasks

    ids = import_tasks(parsed.tasks, parsed.out, parsed.documents, parsed.by)
    print(messages("{count} reports in {out}; next: gouji annotations validate {out}", count=len(ids), out=parsed.out))
    return 0


def _agreement(parsed: argparse.Namespace, messages: Messages) -> int:
    from annotations.agreement import agreement
    from annotations.agreement_table import show

    found = agreement(parsed.one, parsed.other)
    show(found)
    return 1 if found.disagreements or found.only else 0


def _split(parsed: argparse.Namespace, messages: Messages) -> int:
    from annotations.splitting import split_folder

    ids = split_folder(parsed.dataset, parsed.dev, parsed.test, parsed.seed, parsed.force)
    print(", ".join(f"{name} {len(members)}" for name, members in ids.items()))
    return 0


def _export_hub(parsed: argparse.Namespace, messages: Messages) -> int:
    from annotations.hub import export_hub

    rows = export_hub(parsed.dataset, parsed.out, documents=not parsed.without_documents)
    counts = ", ".join(f"{split} {count}" for split, count in rows.items())
    print(messages("{counts} documents in {out}", counts=counts, out=parsed.out))
    return 0
