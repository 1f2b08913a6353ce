"""The report as canonical JSON: sorted keys, UTF-8, a newline at the end; what scripts read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def render_json(document: Mapping[str, Any]) -> dict[str, str]:
    """report.json.

    Raises:
        ValueError: the document holds a number that JSON has no word for (NaN, infinity).
    """
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, indent=2, allow_nan=False)
    return {"report.json": f"{text}\n"}
