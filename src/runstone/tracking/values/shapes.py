"""Things of three dimensions: point clouds, meshes, molecules."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, ClassVar, Final

from runstone.domain.errors import InvalidInput
from runstone.tracking.values.arrays import as_numpy, is_array
from runstone.tracking.values.media import Content, Media, as_json, captions_of, suffix_of, text_of

if TYPE_CHECKING:
    from runstone.domain.documents import JsonValue
    from runstone.tracking.active import ActiveRun
    from runstone.tracking.values import RunValue

_OBJECT_TYPES: Final = ("obj", "gltf", "glb", "babylon", "stl", "pts.json")
_MOLECULE_TYPES: Final = (
    "pdb", "pqr", "mmcif", "mcif", "cif", "sdf", "sd", "gro", "mol2", "mmtf",
)  # fmt: skip
_SCENE: Final = "lidar/beta"


class Object3D(Media):
    """A point cloud or a mesh."""

    log_type: ClassVar[str] = "object3D-file"
    folder: ClassVar[str] = "media/object3D"

    def __init__(
        self, data_or_path: Any, caption: str | None = None, file_type: str | None = None
    ) -> None:
        """Takes a shape as it is now; a file is read when it is logged.

        Args:
            data_or_path: A file (obj, gltf, glb, babylon, stl, pts.json), an open one, points: an
                array n × 3 (x, y, z), n × 4 (a category from 1 to 14), n × 6 (red, green, blue),
                or a scene: `{"type": "lidar/beta", "points": …, "boxes": …, "vectors": …}`.
            file_type: Of an open file.
        """
        super().__init__(lambda: _shape(data_or_path, file_type), caption)

    @classmethod
    def from_file(cls, data_or_path: Any, file_type: str | None = None) -> Object3D:
        """That of a file."""
        return cls(data_or_path, file_type=file_type)

    @classmethod
    def from_numpy(cls, data: Any) -> Object3D:
        """That of points."""
        return cls(data)

    @classmethod
    def from_point_cloud(
        cls,
        points: Any,
        boxes: Any,
        vectors: Any = None,
        point_cloud_type: str = _SCENE,
    ) -> Object3D:
        """Points with boxes and arrows."""
        scene = {"type": point_cloud_type, "points": points, "boxes": boxes}
        return cls({**scene, "vectors": [] if vectors is None else vectors})

    @classmethod
    def bind_together(
        cls, values: Sequence[RunValue], run: ActiveRun, key: str, step: int | str
    ) -> JsonValue:
        """See `RunValue`."""
        objects = [value.bind(run, key, step) for value in values]
        return {
            "_type": "object3D",
            "filenames": [
                str(PurePosixPath(str(one["path"])).relative_to(cls.folder)) for one in objects
            ],
            "count": len(objects),
            "objects": [*objects],
        }


class Molecule(Media):
    """A molecule."""

    log_type: ClassVar[str] = "molecule-file"
    folder: ClassVar[str] = "media/molecule"

    def __init__(
        self, data_or_path: Any, caption: str | None = None, file_type: str | None = None
    ) -> None:
        """Takes a molecule as it is now; a file is read when it is logged.

        Args:
            data_or_path: A file (pdb, cif, sdf, mol2, …), or an open one.
            file_type: Of an open file.
        """
        super().__init__(lambda: _molecule(data_or_path, file_type), caption)

    @classmethod
    def from_rdkit(
        cls,
        data_or_path: Any,
        caption: str | None = None,
        convert_to_3d_and_optimize: bool = True,
        mmff_optimize_molecule_max_iterations: int = 200,
    ) -> Molecule:
        """A molecule of RDKit, or a file that it reads (mol, sdf)."""
        made = cls.__new__(cls)
        Media.__init__(
            made,
            lambda: _of_rdkit(
                data_or_path, convert_to_3d_and_optimize, mmff_optimize_molecule_max_iterations
            ),
            caption,
        )
        return made

    @classmethod
    def from_smiles(
        cls,
        data: str,
        caption: str | None = None,
        sanitize: bool = True,
        convert_to_3d_and_optimize: bool = True,
        mmff_optimize_molecule_max_iterations: int = 200,
    ) -> Molecule:
        """A molecule in SMILES, which RDKit reads."""

        def read() -> Content:
            molecule = _rdkit("Chem").MolFromSmiles(data, sanitize=sanitize)
            if molecule is None:
                raise InvalidInput(f"{data!r} is no SMILES.")
            return _of_rdkit(
                molecule, convert_to_3d_and_optimize, mmff_optimize_molecule_max_iterations
            )

        made = cls.__new__(cls)
        Media.__init__(made, read, caption)
        return made

    @classmethod
    def bind_together(
        cls, values: Sequence[RunValue], run: ActiveRun, key: str, step: int | str
    ) -> JsonValue:
        """See `RunValue`."""
        molecules = [value for value in values if isinstance(value, Molecule)]
        return {
            "_type": "molecule",
            "filenames": [one.bind(run, key, step)["path"] for one in molecules],
            "count": len(molecules),
            "captions": [*captions] if (captions := captions_of(molecules)) else False,
        }


def _shape(data: Any, file_type: str | None) -> Content:
    if isinstance(data, (str, os.PathLike)):
        return Content.of_file(
            os.fspath(data), "." + suffix_of(os.fspath(data), _OBJECT_TYPES, "a shape")
        )
    if isinstance(data, Mapping):
        if data.get("type") != _SCENE:
            raise InvalidInput(f"The type of a scene is {_SCENE!r}, not {data.get('type')!r}.")
        parts = {name: _rows(data.get(name, [])) for name in ("points", "boxes", "vectors")}
        return Content.of(as_json({"type": _SCENE, **parts}), ".pts.json")
    if callable(getattr(data, "read", None)):
        return _opened(data, file_type, _OBJECT_TYPES, "a shape")
    points = as_numpy(data)
    if points.ndim != 2 or points.shape[1] not in (3, 4, 6) or points.dtype.kind not in "fiu":
        raise InvalidInput(
            f"An array of {points.dtype} of the shape {points.shape} is no point cloud: it must be "
            "n × 3 (x, y, z), n × 4 (a category from 1 to 14) or n × 6 (red, green, blue)."
        )
    return Content.of(as_json(points.tolist()), ".pts.json")


def _rows(value: Any) -> Any:
    if is_array(value):
        return as_numpy(value).tolist()
    if isinstance(value, Mapping):
        return {str(name): _rows(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rows(item) for item in value]
    return value


def _molecule(data: Any, file_type: str | None) -> Content:
    if isinstance(data, (str, os.PathLike)):
        path = os.fspath(data)
        return Content.of_file(path, "." + suffix_of(path, _MOLECULE_TYPES, "a molecule"))
    return _opened(data, file_type, _MOLECULE_TYPES, "a molecule")


def _opened(data: Any, file_type: str | None, known: Sequence[str], what: str) -> Content:
    text = text_of(data)
    if text is None:
        raise InvalidInput(
            f"It must be a path or an open file of {what}; not {type(data).__name__}."
        )
    name = getattr(data, "name", None)
    if file_type is None and isinstance(name, str):
        file_type = suffix_of(name, known, what)
    if file_type not in known:
        raise InvalidInput(f"file_type is {file_type!r}; it must be {', '.join(known)}.")
    return Content.of(text, f".{file_type}")


def _rdkit(name: str) -> Any:
    try:
        return import_module(f"rdkit.{name}")
    except ImportError as error:
        raise InvalidInput("Molecules of RDKit need it: pip install rdkit.") from error


def _of_rdkit(source: Any, in_3d: bool, max_iterations: int) -> Content:
    chem, every = _rdkit("Chem"), _rdkit("Chem.AllChem")
    if isinstance(source, (str, os.PathLike)):
        path = os.fspath(source)
        if suffix_of(path, ("mol", "sdf"), "RDKit") == "sdf":
            source = next(iter(chem.SDMolSupplier(path)))
        else:
            source = chem.MolFromMolFile(path)
    if source is None:
        raise InvalidInput("RDKit finds no molecule there.")
    if in_3d:
        source = chem.AddHs(source)
        every.EmbedMolecule(source)
        every.MMFFOptimizeMolecule(source, maxIters=max_iterations)
    return Content.of(chem.MolToPDBBlock(source), ".pdb")
