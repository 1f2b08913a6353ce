"""Parse a small XML document of a stranger into a tree: no entity is expanded, nothing outside is read."""

from __future__ import annotations

import html.entities
import xml.etree.ElementTree as ElementTree
from xml.parsers import expat

from litmine.errors import ReviewError

MAX_DEPTH = 200


def parse_tree(data: bytes, name: str) -> ElementTree.Element:
    """Root element of the document, tags without namespaces.

    Args:
        data: The file's bytes; expat reads the encoding from them.
        name: The file's name, for messages.

    Raises:
        ReviewError: not well-formed, nested too deeply, or it declares entities.
    """
    builder = ElementTree.TreeBuilder()
    parser = expat.ParserCreate()
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.UseForeignDTD(False)
    parser.buffer_text = True
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise ReviewError(f"{name}: XML nested more than {MAX_DEPTH} deep; refused")
        builder.start(
            tag.rpartition(":")[2], {key.rpartition(":")[2]: value for key, value in attributes.items()}
        )

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag.rpartition(":")[2])

    def refuse(*_: object) -> int:
        raise ReviewError(f"{name}: the XML declares or loads entities; refused for safety")

    def named_character(entity: str, is_parameter: bool) -> None:
        if not is_parameter:
            builder.data(html.entities.html5.get(f"{entity};", " "))

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    parser.SkippedEntityHandler = named_character
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        message = expat.errors.messages[error.code]
        raise ReviewError(f"{name}: broken XML in line {error.lineno} ({message})") from error
    return builder.close()
