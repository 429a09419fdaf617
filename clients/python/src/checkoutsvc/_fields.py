"""From keyword arguments to messages: scalars for metadata, words for enums, mappings for nested messages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from google.protobuf.message import Message

from checkoutsvc.v1.annotations_pb2 import transparent

if TYPE_CHECKING:
    from google.protobuf.descriptor import Descriptor, EnumDescriptor

    FieldDescriptor: TypeAlias = Any  # the stubs know two, which differ by implementation

_INT64 = range(-(1 << 63), 1 << 63)


def fill(message: Message, fields: Mapping[str, object], where: str = "") -> None:
    """Sets fields of a message; None leaves one unset.

    Raises:
        TypeError: a name is no field of the message, or a value is of the wrong kind; the text has the field's path.
        ValueError: a number is out of its field's range, or a word is none of the enum's.
    """
    for name, value in fields.items():
        field = message.DESCRIPTOR.fields_by_name.get(name)
        if field is None:
            raise TypeError(f"{where}{name} is no field of {message.DESCRIPTOR.name}")
        if value is not None:
            _set(message, field, value, where + name)


def cleared(message: type[Message], fields: Mapping[str, object]) -> list[str]:
    """Gives the names of the fields that an update is to empty: those of None, and empty maps and lists."""
    known = message.DESCRIPTOR.fields_by_name
    return [
        name
        for name, value in fields.items()
        if name != "unmodelled_json" and name in known and (value is None or (_is_many(known[name]) and not value))
    ]


def _set(message: Message, field: FieldDescriptor, value: object, where: str) -> None:
    if _is_map(field):
        _set_map(message, field, value, where)
    elif _is_many(field):
        _set_list(message, field, value, where)
    elif field.message_type is not None:
        nested: Message = getattr(message, field.name)
        nested.SetInParent()
        _fill_from(nested, value, where)
    else:
        with _Named(where):
            setattr(message, field.name, _scalar(field, value))


def _set_map(message: Message, field: FieldDescriptor, value: object, where: str) -> None:
    if not isinstance(value, Mapping):
        raise TypeError(f"{where} takes a mapping, not {_kind(value)}")
    target: Any = getattr(message, field.name)
    of_messages = field.message_type.fields_by_name["value"].message_type is not None
    for key, element in value.items():
        with _Named(f"{where}[{key!r}]"):
            if of_messages:
                entry = target[key]
                _fill_from(entry, element, f"{where}[{key!r}]")
            else:
                target[key] = element


def _set_list(message: Message, field: FieldDescriptor, value: object, where: str) -> None:
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise TypeError(f"{where} takes a list, not {_kind(value)}")
    target: Any = getattr(message, field.name)
    for index, element in enumerate(value):
        with _Named(f"{where}[{index}]"):
            if field.message_type is not None:
                _fill_from(target.add(), element, f"{where}[{index}]")
            else:
                target.append(_scalar(field, element))


def _fill_from(message: Message, value: object, where: str) -> None:
    if isinstance(value, Message):
        if value.DESCRIPTOR.full_name != message.DESCRIPTOR.full_name:
            raise TypeError(f"{where} takes {message.DESCRIPTOR.name}, not {value.DESCRIPTOR.name}")
        message.MergeFrom(value)
    elif _is_transparent(message.DESCRIPTOR):
        _fill_transparent(message, value, where)
    elif isinstance(value, Mapping):
        fill(message, value, where + ".")
    else:
        raise TypeError(f"{where} takes {message.DESCRIPTOR.name} or a mapping, not {_kind(value)}")


def _fill_transparent(message: Message, value: object, where: str) -> None:
    """Fills a message that stands for a plain value: a list, a map, or a scalar of whichever kind."""
    if not message.DESCRIPTOR.oneofs:
        _set(message, message.DESCRIPTOR.fields[0], value, where)
    elif value is not None:
        kind, exact = _kind_of_value(value, where)
        setattr(message, kind, exact)


def _kind_of_value(value: object, where: str) -> tuple[str, object]:
    if isinstance(value, bool):  # before int, of which it is a kind
        return "bool_value", value
    if isinstance(value, int):
        return ("integer_value", value) if value in _INT64 else ("unmodelled_json", str(value))
    if isinstance(value, float):
        return "double_value", value
    if isinstance(value, str):
        return "string_value", value
    raise TypeError(f"{where} takes a str, int, float or bool, not {_kind(value)}")


def _scalar(field: FieldDescriptor, value: object) -> object:
    if field.enum_type is not None and isinstance(value, str):
        return _enum_number(field.enum_type, value)
    return value


def _enum_number(enum: EnumDescriptor, word: str) -> int:
    """Gives the number of a value, by its name or by Polar's word for it, which is the name's end in lower case."""
    prefix = enum.values[0].name.removesuffix("UNSPECIFIED")
    value = enum.values_by_name.get(prefix + word.upper() if word.islower() else word)
    if value is None:
        words = ", ".join(v.name.removeprefix(prefix).lower() for v in enum.values[1:])
        raise ValueError(f"{word!r} is none of {words}")
    return value.number


@cache
def _is_transparent(descriptor: Descriptor) -> bool:
    return bool(descriptor.GetOptions().Extensions[transparent])


def _is_many(field: FieldDescriptor) -> bool:
    return bool(field.is_repeated)


def _is_map(field: FieldDescriptor) -> bool:
    return field.message_type is not None and bool(field.message_type.GetOptions().map_entry)


def _kind(value: object) -> str:
    return type(value).__name__


class _Named:
    """Puts the path of the field before what protobuf says of a value."""

    def __init__(self, where: str) -> None:
        self._where = where

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if kind in (TypeError, ValueError) and not str(error).startswith(self._where):
            raise kind(f"{self._where}: {error}") from None
