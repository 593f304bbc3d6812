"""Records behind a credential: whoever is shown them compares them with the hashes in its evidence.

    python -m credentials.openbadges.records CREDENTIAL.json RECORDS.json

It needs neither a database nor the network. The hashes are worth as much as the signature of the credential, which it
does not verify.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from authsvc.kernel.canonical import checksum
from credentials.openbadges.json_texts import json_object
from credentials.openbadges.multibase import digest_multibase

_FILES: Final = ("CREDENTIAL.json", "RECORDS.json")
_USAGE: Final = f"usage: python -m credentials.openbadges.records {' '.join(_FILES)}"
_EVENT: Final = re.compile(
    r"Recorded as event (?P<id>[0-9a-f-]{36}) with the SHA-256 (?P<sha256>[0-9a-f]{64})\b"
)


def event_named_in(evidence: Mapping[str, Any]) -> tuple[str, str]:
    """The id and the SHA-256 of the event that a piece of evidence names; both are empty if it names none."""
    match = _EVENT.match(str(evidence.get("narrative", "")))
    return (match["id"], match["sha256"]) if match else ("", "")


def faults_of(credential: Mapping[str, Any], shown: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence for everything in the records that differs from the evidence of the credential."""
    if shown.get("credential") != credential.get("id"):
        yield "The records are those of another credential."
    evidence = {str(one.get("id")): one for one in _objects(credential, "evidence")}
    records = list(_objects(shown, "records"))
    counts = Counter(str(record.get("id")) for record in records)
    for record_id in counts.keys() - evidence.keys():
        yield f"{record_id}: the credential does not name this record."
    for record_id in evidence.keys() - counts.keys():
        yield f"{record_id}: the record is missing."
    for record in records:
        record_id = str(record.get("id"))
        if counts[record_id] > 1:
            yield f"{record_id}: the record is stated twice."
        elif record_id in evidence:
            yield from _record_faults(record_id, record, evidence[record_id])


def _record_faults(
    record_id: str, record: Mapping[str, Any], evidence: Mapping[str, Any]
) -> Iterator[str]:
    if _digest(record.get("content")) != evidence.get("digestMultibase"):
        yield f"{record_id}: the content of the record was changed."
    if evidence.get("genre") != "Attempt":
        return
    event = record.get("event")
    _, sha256 = event_named_in(evidence)
    if checksum(event) != sha256:
        yield f"{record_id}: the event that recorded it was changed."
        return
    payload = event.get("payload") if isinstance(event, dict) else None
    bound = payload.get("sha256") if isinstance(payload, dict) else None
    if not isinstance(bound, str) or digest_multibase(bound) != evidence.get("digestMultibase"):
        yield f"{record_id}: the event recorded something else."


def _digest(content: Any) -> str:
    return digest_multibase(checksum(content))


def _objects(members: Mapping[str, Any], name: str) -> Iterator[dict[str, Any]]:
    values = members.get(name, [])
    return (
        one for one in (values if isinstance(values, list) else [values]) if isinstance(one, dict)
    )


def _file(name: str) -> dict[str, Any]:
    """Raises ValueError with a sentence."""
    try:
        return json_object(Path(name).read_bytes())
    except (OSError, ValueError) as error:
        raise ValueError(f"{name}: {error}") from None


def main(arguments: Sequence[str]) -> int:
    """Print what is wrong with the records, and return 1; 0 if nothing is, 2 if they cannot be read."""
    try:
        credential_file, records_file = arguments
        credential, shown = _file(credential_file), _file(records_file)
    except ValueError as error:
        sys.stderr.write(f"{error if len(arguments) == len(_FILES) else _USAGE}\n")
        return 2
    faults = sorted(set(faults_of(credential, shown)))
    number = len(list(_objects(credential, "evidence")))
    fine = f"All {number} records are those that the credential names."
    sys.stdout.writelines(f"{line}\n" for line in faults or [fine])
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
