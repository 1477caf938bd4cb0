"""`mseavro schema`: shown schemas, canonical forms, fingerprints, verdicts and differences."""

import hashlib
import io
import json
import os
import pathlib
import subprocess

import fastavro
import pytest
from fastavro.schema import fingerprint, to_parsing_canonical_form

from random_avro import RandomAvro

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPUS = pathlib.Path(os.environ.get("MSEAVRO_SHARED", ROOT.parent / "shared")) / "corpus"

OLDER = {
    "type": "record", "name": "Order", "namespace": "shop", "doc": "One order.",
    "fields": [
        {"name": "id", "type": "long", "aliases": ["key"]},
        {"name": "state", "type": {"type": "enum", "name": "State", "symbols": ["NEW", "SENT"]}},
        {"name": "paid", "default": None, "unit": "EUR",
         "type": ["null", {"type": "bytes", "logicalType": "decimal", "precision": 9,
                           "scale": 2}]},
        {"name": "next", "type": ["null", "Order"], "default": None, "order": "ignore"},
    ],
}
# A symbol and a field without default more.
NEWER = {**OLDER, "fields": [
    *({**field, "type": {**field["type"], "symbols": ["NEW", "SENT", "LOST"]}}
      if field["name"] == "state" else field for field in OLDER["fields"]),
    {"name": "country", "type": "string"},
]}


@pytest.fixture(name="older")
def older_file(tmp_path):
    """A container file, of which only the schema counts."""
    path = tmp_path / "older.avro"
    file = io.BytesIO()
    fastavro.writer(file, OLDER, [{"id": 1, "state": "NEW"}])
    path.write_bytes(file.getvalue())
    return path


@pytest.fixture(name="newer")
def newer_file(tmp_path):
    path = tmp_path / "newer.avsc"
    path.write_text(json.dumps(NEWER), encoding="utf-8")
    return path


def test_shows_every_attribute(mseavro, newer):
    shown = mseavro("schema", "show", newer).stdout
    assert json.loads(shown) == NEWER
    assert max(map(len, shown.splitlines())) <= 100


def test_canonical_form_and_fingerprints_are_those_of_fastavro(mseavro, older, newer):
    for path, schema in ((older, OLDER), (newer, NEWER)):
        form = to_parsing_canonical_form(schema)
        assert mseavro("schema", "canonical", path).stdout == form + "\n"
        crc64 = bytes.fromhex(fingerprint(form, "CRC-64-AVRO"))[::-1].hex()
        assert mseavro("schema", "fingerprint", path).stdout.splitlines() == [
            f"CRC-64-AVRO {crc64}",
            f"MD5         {hashlib.md5(form.encode()).hexdigest()}",
            f"SHA-256     {hashlib.sha256(form.encode()).hexdigest()}",
        ]


def test_check_is_a_gate(mseavro, older, newer):
    done = mseavro("schema", "check", older, older)
    assert done.stdout == f"compatible: {older} reads all data of {older}\n"
    done = mseavro("schema", "check", newer, older, exit_code=1)
    assert done.stdout == (
        f"incompatible: {newer} does not read all data of {older}\n"
        "/fields/4 READER_FIELD_MISSING_DEFAULT_VALUE country: the writer has no field "
        '"country", the reader no default for it\n')
    assert done.stderr == ""
    done = mseavro("schema", "check", older, newer, exit_code=1)
    assert done.stdout.splitlines()[1:] == [
        "/fields/1/type/symbols MISSING_ENUM_SYMBOLS state: the reader's enum shop.State has no "
        "default and does not know the writer's LOST"]


def test_diff_says_what_changed_and_what_it_breaks(mseavro, older, newer):
    assert mseavro("schema", "diff", older, newer).stdout.splitlines() == [
        "shop.Order.country: the field was added: string, no default",
        "shop.State: the symbol LOST was added",
        "old data read with the new schema: breaks",
        '  country: the writer has no field "country", the reader no default for it',
        "new data read with the old schema: breaks",
        "  state: the reader's enum shop.State has no default and does not know the writer's LOST",
        "so: data of the new schema goes to another topic or folder, with readers of its own",
    ]
    assert mseavro("schema", "diff", older, older).stdout.startswith("nothing changed\n")


def test_writes_to_a_file(mseavro, newer, tmp_path):
    out = tmp_path / "shown.avsc"
    assert mseavro("schema", "show", newer, "-o", out).stdout == ""
    assert json.loads(out.read_text(encoding="utf-8")) == NEWER


@pytest.mark.parametrize("arguments, code", [
    (["mend", "a.avsc"], "E0001"),
    (["show", "a.avsc", "--fix"], "E0008"),
    (["lint", "a.avsc", "--against", "missing.avsc"], "E0101"),
    (["show"], "E0001"),
    (["check", "a.avsc"], "E0001"),
    (["show", "missing.avsc"], "E0101"),
    (["show", __file__], "E0301"),
    (["lint", "a.avsc", "--against"], "E0001"),
])
def test_errors_have_codes(mseavro, arguments, code):
    done = mseavro("schema", *arguments, exit_code=2)
    assert done.stderr.startswith(f"error[{code}]: ")
    assert done.stdout == ""


def fingerprinted_files():
    if not (CORPUS / "INDEX.jsonl").exists():
        reason = f"{CORPUS} is missing; MSEAVRO_SHARED can say where it is"
        return [pytest.param(None, None, marks=pytest.mark.skip(reason=reason))]
    with open(CORPUS / "INDEX.jsonl", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [(row["file"], row["crc64_avro_of_pcf"]) for row in rows
            if row.get("crc64_avro_of_pcf")]


@pytest.mark.parametrize("file, crc64", fingerprinted_files())
def test_fingerprints_of_real_files_are_those_of_avro_java(mseavro, file, crc64):
    if file.endswith((".bzip2.avro", ".xz.avro")):
        pytest.skip("the codec is not known yet")
    done = mseavro("schema", "fingerprint", CORPUS / file)
    assert done.stdout.startswith(f"CRC-64-AVRO {crc64}\n")


def test_the_schemas_of_the_product_are_shown_by_name(mseavro):
    for name in ("PredictionEvent", "LabelEvent", "MetricRow"):
        shown = json.loads(mseavro("schema", "show", f"mseavro.{name}").stdout)
        assert (shown["name"], shown["namespace"]) == (name, "mseavro")
        assert all(field["doc"] for field in shown["fields"])


@pytest.mark.parametrize("name", [
    "mseavro.PredictionEvent", "mseavro.LabelEvent", "mseavro.MetricRow",
    *sorted(ROOT.glob("src/**/*.avsc")),
])
def test_lint_finds_nothing_in_the_schemas_of_the_product(mseavro, name):
    assert mseavro("schema", "lint", name).stdout == f"{name}: no findings\n"


BAD = {
    "type": "record", "name": "Score", "doc": "One score.",
    "fields": [
        {"name": "prediction", "type": "double", "doc": "What was predicted."},
        {"name": "model_version", "type": ["string", "null"], "default": "", "doc": "Of what."},
        {"name": "scoredAt", "type": "long", "doc": "When."},
        {"name": "actual", "type": "float", "doc": "What came."},
        {"name": "price", "type": ["null", "string"], "doc": "In euros."},
    ],
}


def test_lint_is_a_gate_and_prints_what_is_mended(mseavro, tmp_path):
    bad = tmp_path / "bad.avsc"
    bad.write_text(json.dumps(BAD), encoding="utf-8")
    done = mseavro("schema", "lint", bad, "--format", "json", exit_code=1)
    findings = {(one["place"], one["rule"]) for one in json.loads(done.stdout)}
    assert findings == {("Score.scoredAt", "plain-time"), ("Score.actual", "late-field"),
                        ("Score.price", "no-default"), ("Score.price", "text-number")}
    assert all(set(one) == {"rule", "place", "message", "why", "fix"}
               for one in json.loads(done.stdout))
    text = mseavro("schema", "lint", bad, exit_code=1)
    assert all(one["why"][:40] in text.stdout for one in json.loads(done.stdout))
    assert text.stdout.count("fix: ") == 4
    assert max(map(len, text.stdout.splitlines())) <= 80
    assert "4 findings" in text.stderr

    mended = tmp_path / "mended.avsc"
    assert mseavro("schema", "lint", bad, "--fix", "-o", mended).stdout == ""
    mseavro("schema", "lint", mended)
    schema = json.loads(mended.read_text(encoding="utf-8"))
    fastavro.parse_schema(schema)
    types = {field["name"]: field["type"] for field in schema["fields"]}
    assert types["scoredAt"] == {"type": "long", "logicalType": "timestamp-millis"}
    assert types["actual"] == ["null", "float"]
    assert types["price"] == ["null", "double"]


def test_lint_against_the_former_version_keeps_its_readers(mseavro, older, newer, tmp_path):
    done = mseavro("schema", "lint", newer, "--against", older, exit_code=1)
    assert "\n  shop.Order.country: the field is new and has no default\n" in done.stdout
    mended = tmp_path / "mended.avsc"
    mseavro("schema", "lint", newer, "--against", older, "--fix", "-o", mended, exit_code=1)
    mseavro("schema", "check", mended, older)


def test_lint_passes_nothing_of_which_check_says_that_it_breaks(mseavro, tmp_path):
    """Items of arrays and values of maps as well as fields."""
    older, newer = tmp_path / "older.avsc", tmp_path / "newer.avsc"
    rules = {"no-default", "rename", "field-retyped", "symbol-removed"}
    broken = 0
    for seed in range(40):
        random_avro = RandomAvro(seed)
        schema = random_avro.record()
        newer.write_text(json.dumps(schema), encoding="utf-8")
        # Changes that a reader may make are often none that a writer may.
        older.write_text(json.dumps(random_avro.reader(schema, 4)), encoding="utf-8")
        check = subprocess.run([mseavro.path, "schema", "check", newer, older], check=False,
                               capture_output=True)
        if check.returncode == 1:
            broken += 1
            done = mseavro("schema", "lint", newer, "--against", older, "--format", "json",
                           exit_code=1)
            assert rules & {one["rule"] for one in json.loads(done.stdout)}, seed
    assert broken > 5
