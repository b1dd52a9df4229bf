"""Which readers and mapping tables there are: those that ship with the package, and those that a person saved.

A source of one's own is two files in a folder, in the forms that the package itself uses: `<name>.form.toml`
(`readers.forms`) and `<name>.mapping.toml` (`normalize.mapping`). `vigilia map` writes them.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping as NamedMappings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from vigilia.model.errors import KnowledgeError
from vigilia.normalize.mapping import Mapping, load_mapping, parse_mapping
from vigilia.normalize.saved_names import FORM_SUFFIX, MAPPING_SUFFIX, OWN_PREFIX
from vigilia.readers.form_readers import form_reader
from vigilia.readers.forms import parse_form
from vigilia.readers.reader import Reader
from vigilia.readers.recognise import recognise

__all__ = ["Catalogue", "load_catalogue"]

_LONGEST: Final = 1 << 20
_MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All sources of one run.

    Attributes:
        sha256: of the saved files, so that a case knows what it was read with; empty where there are none.
    """

    own_readers: tuple[Reader, ...] = ()
    own_mappings: NamedMappings[str, Mapping] = field(default_factory=dict)
    sha256: str = ""

    def recognise(self, head: bytes) -> Reader | None:
        """Return the reader that is surest of the head of an item; a saved form goes before a shipped one."""
        own = [(reader.recognise(head), reader) for reader in self.own_readers]
        sure = [pair for pair in own if pair[0] > 0]
        return min(sure, key=lambda pair: (-pair[0], pair[1].name))[1] if sure else recognise(head)

    def mapping(self, source: str) -> Mapping:
        """Return the mapping table of a log source.

        Raises:
            KnowledgeError: there is none.
        """
        return self.own_mappings.get(source) or load_mapping(source)


@functools.lru_cache(maxsize=4)
def load_catalogue(folder: str) -> Catalogue:
    """Return the shipped sources, and those in a folder; "" or a folder that does not exist means none.

    Raises:
        KnowledgeError: a file is wrong, or one of a pair is missing; names the file.
    """
    if not folder or not Path(folder).is_dir():
        return Catalogue()
    root = Path(folder)
    forms = {path.name.removesuffix(FORM_SUFFIX): path for path in sorted(root.glob(f"*{FORM_SUFFIX}"))}
    tables = {path.name.removesuffix(MAPPING_SUFFIX): path for path in sorted(root.glob(f"*{MAPPING_SUFFIX}"))}
    if len(forms) > _MOST:
        raise KnowledgeError(f"more than {_MOST} saved sources", where=folder, hint="Remove those not needed.")
    if odd := sorted(forms.keys() ^ tables.keys()):
        hint = f"A saved source is a {FORM_SUFFIX} and a {MAPPING_SUFFIX} file; run vigilia map again."
        raise KnowledgeError("one file of a pair is missing", where=str(root / odd[0]), hint=hint)
    digest = hashlib.sha256()
    readers: list[Reader] = []
    mappings: dict[str, Mapping] = {}
    for name, path in forms.items():
        form_text, mapping_text = _content(path), _content(tables[name])
        form, mapping = parse_form(form_text.decode(), str(path)), parse_mapping(mapping_text, str(tables[name]))
        if form.source != mapping.source or not form.source.startswith(OWN_PREFIX):
            hint = f'Both must name the same source, which begins with "{OWN_PREFIX}".'
            raise KnowledgeError("the files of a saved source do not belong together", where=str(path), hint=hint)
        readers.append(form_reader(form))
        mappings[form.source] = mapping
        digest.update(form_text + mapping_text)
    return Catalogue(tuple(readers), mappings, digest.hexdigest() if readers else "")


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            content = stream.read(_LONGEST + 1)
            content.decode()
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError("a saved source cannot be read", where=str(path)) from error
    if len(content) > _LONGEST:
        raise KnowledgeError("a saved source is far too long", where=str(path))
    return content
