"""pydantic's findings as one line for people."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ValidationError


def told(model: type[BaseModel], error: ValidationError) -> str:
    """The first thing wrong: key, what is allowed, what was found."""
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"] if part != "function-before") or "the file"
    kind, context = first["type"], first.get("ctx", {})
    if kind == "extra_forbidden":
        return f"{key}: unknown key"
    if kind == "missing":
        return f"{key}: missing"
    bounds = {"greater_than": ("gt", "above"), "greater_than_equal": ("ge", "at least")}
    bounds |= {"less_than": ("lt", "below"), "less_than_equal": ("le", "at most")}
    if kind in bounds:
        name, words = bounds[kind]
        return f"{key}: {_range(model, key) or f'must be {words} {context[name]}'}, not {first['input']}"
    message = first["msg"].removeprefix("Value error, ")
    return f"{key}: {message[0].lower()}{message[1:]}" + (
        f", not {_short(first['input'])}" if kind != "value_error" else ""
    )


def _range(model: Any, key: str) -> str | None:
    """The allowed range of a key, from the model, so that both ends are told whichever was missed."""
    field: Any = None
    for part in key.split("."):
        if part.isdigit():
            continue
        field = getattr(model, "model_fields", {}).get(part)
        if field is None:
            return None
        model = _section_of(field.annotation)
    low = next((f"above {m.gt}" if hasattr(m, "gt") else f"from {m.ge}" for m in _bounds(field, "gt", "ge")), None)
    high = next((f"below {m.lt}" if hasattr(m, "lt") else f"to {m.le}" for m in _bounds(field, "lt", "le")), None)
    return f"must be {' '.join(part for part in (low, high) if part)}" if low and high else None


def _bounds(field: Any, *names: str) -> list[Any]:
    return [one for one in field.metadata if any(hasattr(one, name) for name in names)]


def _section_of(annotation: Any) -> Any:
    """The model within an annotation such as `list[Section] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = (_section_of(part) for part in getattr(annotation, "__args__", ()))
    return next((found for found in inner if found is not None), None)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"
