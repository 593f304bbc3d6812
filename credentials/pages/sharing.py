"""What other sites are told of a credential: a link that adds it to a profile, and data for search engines."""

import json
from typing import Any, Final
from urllib.parse import quote, urlencode

from credentials.domain.entities.credentials import IssuedCredential

LINKEDIN: Final = "https://www.linkedin.com/profile/add"
_IN_SCRIPTS: Final = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})
"""Characters with which a text could end the element around it, as JSON writes them."""


def linkedin_url(issued: IssuedCredential, *, page: str) -> str:
    """The address at which the holder adds the credential to their LinkedIn profile.

    It has no id of the credential: the address of its page is the proof.
    """
    fields: dict[str, str | int] = {
        "startTask": "CERTIFICATION_NAME",
        "name": issued.terms.name,
        "organizationName": issued.terms.issuer,
        "issueYear": issued.issued_at.year,
        "issueMonth": issued.issued_at.month,
    }
    if issued.expires_at is not None:
        fields |= {
            "expirationYear": issued.expires_at.year,
            "expirationMonth": issued.expires_at.month,
        }
    return f"{LINKEDIN}?{urlencode(fields | {'certUrl': page}, quote_via=quote)}"


def structured_data(issued: IssuedCredential, *, page: str, issuer: str) -> str:
    """The credential as JSON-LD of schema.org, for a data block in a page; it names no person."""
    terms = issued.terms
    members: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "EducationalOccupationalCredential",
        "@id": page,
        "name": terms.name,
        "description": terms.description,
        "credentialCategory": "badge",
        "image": f"{page}/image.png",
        "dateCreated": issued.issued_at.date().isoformat(),
        "expires": "" if issued.expires_at is None else issued.expires_at.date().isoformat(),
        "competencyRequired": [
            *terms.tags,
            *(alignment.target_name for alignment in terms.alignments),
        ],
        "recognizedBy": {"@type": "Organization", "name": terms.issuer, "url": issuer},
    }
    text = json.dumps({name: member for name, member in members.items() if member})
    return text.translate(_IN_SCRIPTS)
