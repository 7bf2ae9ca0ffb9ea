"""What the schema of CMSIS-Pack descriptions (PACK.xsd) demands of the elements that we write, restated as a table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree

_ANY = r"(?s).*"
_ID = r"[\-_A-Za-z0-9]+"
_VERSION = r"\d+\.\d+\.\d+"
_FLAG = r"true|false|0|1"
_CATEGORIES = "doc|header|include|source|sourceC|sourceCpp|other|library"


@dataclass(frozen=True)
class Rule:
    """`required` and `optional` are attributes with what they match, `children` (minimum, maximum) of each element."""

    required: Mapping[str, str] = field(default_factory=dict)
    optional: Mapping[str, str] = field(default_factory=dict)
    children: Mapping[str, tuple[int, float]] = field(default_factory=dict)
    text: str = r"\s*"


_MANY = (1, float("inf"))
_PROSE = Rule(text=r"(?s)\S.*")
RULES = {
    "package": Rule(
        {"schemaVersion": r"\d+\.\d+(\.\d+)?"},
        {"noNamespaceSchemaLocation": r"PACK\.xsd"},
        {
            **dict.fromkeys(("vendor", "name", "description", "url", "releases"), (1, 1)),
            **dict.fromkeys(("license", "licenseSets", "requirements", "keywords", "taxonomy"), (0, 1)),
            **dict.fromkeys(("conditions", "components"), (0, 1)),
        },
    ),
    "package/vendor": Rule(text=_ID),
    "package/name": Rule(text=_ID),
    "package/description": _PROSE,
    "package/url": Rule(text=_ANY),
    "package/license": _PROSE,
    "package/licenseSets": Rule(children={"licenseSet": _MANY}),
    "licenseSets/licenseSet": Rule({"id": _ANY}, {"default": _FLAG, "gating": _FLAG}, {"license": _MANY}),
    "licenseSet/license": Rule({"name": _ANY, "title": _ANY}, {"spdx": _ANY, "url": _ANY}),
    "package/releases": Rule(children={"release": _MANY}),
    "releases/release": Rule({"version": _VERSION}, {"date": r"\d{4}-\d\d-\d\d"}, text=r"(?s)\S.*"),
    "package/requirements": Rule(children={"packages": (0, 1)}),
    "requirements/packages": Rule(children={"package": _MANY}),
    "packages/package": Rule({"vendor": _ID, "name": _ID}, {"version": rf"{_VERSION}(:{_VERSION})?"}),
    "package/keywords": Rule(children={"keyword": _MANY}),
    "keywords/keyword": _PROSE,
    "package/taxonomy": Rule(children={"description": _MANY}),
    "taxonomy/description": Rule({"Cclass": _ANY}, {"Cgroup": _ANY, "doc": _ANY}, text=r"(?s)\S.*"),
    "package/conditions": Rule(children={"condition": _MANY}),
    "conditions/condition": Rule({"id": r".+"}, {}, {"description": (0, 1), "require": (0, float("inf"))}),
    "condition/description": _PROSE,
    "condition/require": Rule({"Cclass": r".{3,}", "Cgroup": r".{3,}"}, {"Csub": r".+", "Cvendor": _ID}),
    "package/components": Rule(children={"component": _MANY}),
    "components/component": Rule(
        {"Cclass": r".{3,}", "Cgroup": r".{3,}", "Cversion": _VERSION},
        {"Csub": r".+", "licenseSet": _ANY, "condition": r".+"},
        {"description": (1, 1), "RTE_Components_h": (0, 1), "files": (1, 1)},
    ),
    "component/description": _PROSE,
    "component/RTE_Components_h": Rule(text=r"(?s).*\S.*"),
    "component/files": Rule(children={"file": _MANY}),
    "files/file": Rule({"category": _CATEGORIES, "name": r".+"}, {"attr": "config|template", "select": ".+"}),
}


def problems(text: str) -> list[str]:
    """What is wrong with a description; empty when nothing is."""
    root = ElementTree.fromstring(text)
    return list(_check(root, root.tag))


def _check(element: ElementTree.Element, path: str) -> list[str]:
    rule = RULES.get(path)
    if rule is None:
        return [f"{path} has no place here"]
    found = [] if re.fullmatch(rule.text, element.text or "") else [f"{path}: text {element.text!r}"]
    attributes = {name.rpartition("}")[2]: value for name, value in element.attrib.items()}
    known = {**rule.required, **rule.optional}
    found += [f"{path}: no attribute {name}" for name in rule.required if name not in attributes]
    for name, value in attributes.items():
        if not re.fullmatch(known.get(name, r"(?!)"), value):
            found.append(f"{path}: {name}={value!r}")
    names = [child.tag for child in element]
    for name, (least, most) in rule.children.items():
        if not least <= names.count(name) <= most:
            found.append(f"{path}: {names.count(name)} elements {name}")
    found += [f"{path}: {name} has no place here" for name in names if name not in rule.children]
    return found + [problem for child in element for problem in _check(child, f"{element.tag}/{child.tag}")]
